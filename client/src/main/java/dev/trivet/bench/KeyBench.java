package dev.trivet.bench;

import dev.trivet.bench.wire.Access;
import dev.trivet.bench.wire.WireClient;
import java.util.Locale;

/**
 * Measures an etcd v3 key space under a constant number of outstanding requests: a new one is sent
 * when one is answered, all on one thread. Latency is counted from sending to answer; with a closed
 * loop a stall shows in few operations, so read the maximum too.
 */
public final class KeyBench {
  private KeyBench() {}

  /**
   * Runs the load and blocks until it is over. For {@link KeyLoad.Op#GET} all keys are written
   * first.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if not one request succeeded
   */
  public static LoadReport run(KeyLoad load, Access access) throws InterruptedException {
    try (WireClient wire = new WireClient(access)) {
      Meter meter = new Meter();
      Requests requests =
          new Requests(
              load, wire, Measurement.connect(wire, load.endpoints(), load.connections()), meter);
      if (load.op() == KeyLoad.Op.GET) {
        requests.writeEachKey();
      }
      var _ = wire.run(requests::begin);
      return Measurement.take(
          load.op().name().toLowerCase(Locale.ROOT), load.clients(), load.timing(), wire, meter);
    }
  }
}
