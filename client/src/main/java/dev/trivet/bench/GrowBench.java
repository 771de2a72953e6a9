package dev.trivet.bench;

import com.google.protobuf.ByteString;
import dev.trivet.bench.wire.Access;
import dev.trivet.bench.wire.Receiver;
import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * Writes keys of 64 bytes in random order, and at each power of ten measures gets and puts of one
 * client on keys that are there: what a store of any size should do alike.
 */
public final class GrowBench {
  private static final String PUT = KVGrpc.getPutMethod().getFullMethodName();
  private static final String TXN = KVGrpc.getTxnMethod().getFullMethodName();
  private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();
  private static final int FIRST_STOP = 1_000;

  private final GrowLoad load;
  private final WireClient wire;
  private final List<WireConnection> connections;
  private final Meter meter = new Meter();
  private final SplittableRandom random = new SplittableRandom(1);
  private final byte[] value;
  private boolean isEnough;

  private GrowBench(GrowLoad load, WireClient wire) {
    this.load = load;
    this.wire = wire;
    this.connections = Measurement.connect(wire, load.endpoints(), load.connections());
    this.value = new byte[load.valueSizeBytes()];
  }

  /**
   * Runs the load and blocks until it is over.
   *
   * @param results given a report of the loading, of gets and of puts at each stop; the clients of
   *     each are the number of keys
   * @throws dev.trivet.errors.TrivetException UNREACHABLE when a put fails while the space grows
   */
  public static void run(GrowLoad load, Access access, Consumer<LoadReport> results)
      throws InterruptedException {
    try (WireClient wire = new WireClient(access)) {
      GrowBench bench = new GrowBench(load, wire);
      int present = 0;
      for (long stop = FIRST_STOP; present < load.keys(); stop *= 10) {
        int keys = (int) Math.min(stop, load.keys());
        results.accept(bench.load(present, keys));
        results.accept(bench.probe("get", keys));
        results.accept(bench.probe("put", keys));
        present = keys;
      }
    }
  }

  private LoadReport load(int from, int to) throws InterruptedException {
    Measurement measurement = Measurement.begin(load.probe(), wire, meter);
    Loop loop = new Loop(load.writers(), from, to, number -> number, load.putsPerRequest());
    var _ = wire.run(loop::begin);
    loop.running.await();
    LoadReport report = measurement.end("load", to);
    if (report.errors() > 0) {
      throw ErrorCode.UNREACHABLE.exception("a put failed: " + report.firstError());
    }
    return report;
  }

  private LoadReport probe(String op, int keys) throws InterruptedException {
    isEnough = false;
    IntUnaryOperator any = _ -> random.nextInt(keys);
    Loop loop = new Loop(1, 0, Integer.MAX_VALUE, any, op.equals("put") ? 1 : 0);
    var _ = wire.run(loop::begin);
    LoadReport report = Measurement.take(op, keys, load.probe(), wire, meter);
    var _ = wire.run(() -> isEnough = true);
    loop.running.await();
    return report;
  }

  /** Numbers are mixed into keys, so that neighbours in time are none in order. */
  private static ByteString key(int number) {
    long mixed = number * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    return ByteString.copyFromUtf8(
        "bench/grow/%016x/%036d".formatted(mixed ^ (mixed >>> 32), number));
  }

  private PutRequest put(int number) {
    random.nextBytes(value);
    return PutRequest.newBuilder().setKey(key(number)).setValue(ByteString.copyFrom(value)).build();
  }

  private static byte[] get(int number) {
    return RangeRequest.newBuilder().setKey(key(number)).build().toByteArray();
  }

  /** Some requests under way at a time, one for each number, or until it is enough. */
  private final class Loop {
    private final CountDownLatch running;
    private final int clients;
    private final int end;
    private final IntUnaryOperator keys;
    private final int puts;
    private int next;

    /**
     * @param puts in a request; 0: each is a get
     */
    Loop(int clients, int from, int end, IntUnaryOperator keys, int puts) {
      this.running = new CountDownLatch(clients);
      this.clients = clients;
      this.next = from;
      this.end = end;
      this.keys = keys;
      this.puts = puts;
    }

    boolean begin() {
      isEnough = false;
      for (int client = 0; client < clients; client++) {
        new Client(connections.get(client % connections.size())).next();
      }
      return true;
    }

    private final class Client implements Receiver {
      private final WireConnection connection;
      private int keysSent;
      private long sentNanos;

      Client(WireConnection connection) {
        this.connection = connection;
      }

      void next() {
        if (next == end || isEnough) {
          running.countDown();
          return;
        }
        keysSent = Math.clamp(end - next, 1, Math.max(1, puts));
        if (puts == 0) {
          send(RANGE, get(key()));
        } else if (puts == 1) {
          send(PUT, put(key()).toByteArray());
        } else {
          TxnRequest.Builder all = TxnRequest.newBuilder();
          for (int i = 0; i < keysSent; i++) {
            all.addSuccess(RequestOp.newBuilder().setRequestPut(put(key())));
          }
          send(TXN, all.build().toByteArray());
        }
      }

      private int key() {
        return keys.applyAsInt(next++);
      }

      private void send(String method, byte[] request) {
        sentNanos = System.nanoTime();
        connection.unary(method, request, this);
      }

      @Override
      public void message(ByteBuffer message) {}

      @Override
      public void ended(String failure) {
        if (failure.isEmpty()) {
          long nanos = System.nanoTime() - sentNanos;
          for (int i = 0; i < keysSent; i++) {
            meter.answered(nanos);
          }
        } else {
          meter.failed(failure);
          isEnough = true;
        }
        next();
      }
    }
  }
}
