package dev.trivet.bench;

import com.google.protobuf.CodedInputStream;
import dev.trivet.bench.wire.Access;
import dev.trivet.bench.wire.Receiver;
import dev.trivet.bench.wire.WireCall;
import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps leases alive, as clients do: all leases of a connection on one stream, one renewal of each
 * under way at most. An answer without a time to live counts as an error. The leases are granted
 * first and revoked at the end.
 */
public final class LeaseBench {
  private static final int TTL_SECONDS = 120;
  private static final long TICK_MILLIS = 2;
  private static final int MOST_ASKED = 256;
  private static final String KEEP_ALIVE = LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName();
  private static final String GRANT = LeaseGrpc.getLeaseGrantMethod().getFullMethodName();
  private static final String REVOKE = LeaseGrpc.getLeaseRevokeMethod().getFullMethodName();

  private final LeaseLoad load;
  private final WireClient wire;
  private final List<WireConnection> connections;
  private final Meter meter = new Meter();
  private final long firstId;
  private final long[] sentNanos;
  private final List<Stream> streams = new ArrayList<>();
  private final long beganNanos = System.nanoTime();
  private long sent;
  private int nextLease;

  private LeaseBench(LeaseLoad load, WireClient wire) {
    this.load = load;
    this.wire = wire;
    this.connections = Measurement.connect(wire, load.endpoints(), load.connections());
    this.sentNanos = new long[load.leases()];
    this.firstId = new SplittableRandom().nextLong(1L << 40, 1L << 62);
  }

  /**
   * Runs the load and blocks until it is over.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if leases cannot be granted or none was
   *     renewed
   */
  public static LoadReport run(LeaseLoad load, Access access) throws InterruptedException {
    try (WireClient wire = new WireClient(access)) {
      LeaseBench bench = new LeaseBench(load, wire);
      bench.each(
          GRANT,
          id -> LeaseGrantRequest.newBuilder().setID(id).setTTL(TTL_SECONDS).build().toByteArray());
      if (!bench.meter.firstError().isEmpty()) {
        throw ErrorCode.UNREACHABLE.exception(
            "cannot grant the leases: " + bench.meter.firstError());
      }
      var _ = wire.run(bench::begin);
      LoadReport report =
          Measurement.take("keepalive", load.leases(), load.timing(), wire, bench.meter);
      bench.each(REVOKE, id -> LeaseRevokeRequest.newBuilder().setID(id).build().toByteArray());
      return report;
    }
  }

  private interface Request {
    byte[] of(long id);
  }

  /** One call for each lease, some hundred under way at a time. */
  private void each(String method, Request request) throws InterruptedException {
    int atOnce = Math.min(MOST_ASKED, load.leases());
    CountDownLatch left = new CountDownLatch(load.leases());
    var _ =
        wire.run(
            () -> {
              for (int first = 0; first < atOnce; first++) {
                ask(method, request, first, atOnce, left);
              }
              return true;
            });
    left.await();
  }

  private void ask(String method, Request request, int lease, int step, CountDownLatch left) {
    if (lease >= load.leases()) {
      return;
    }
    connections
        .get(lease % connections.size())
        .unary(
            method,
            request.of(firstId + lease),
            new Receiver() {
              @Override
              public void message(ByteBuffer message) {}

              @Override
              public void ended(String failure) {
                if (!failure.isEmpty()) {
                  meter.failed(failure);
                }
                left.countDown();
                ask(method, request, lease + step, step, left);
              }
            });
  }

  private boolean begin() {
    for (WireConnection connection : connections) {
      Stream stream = new Stream();
      stream.call = connection.open(KEEP_ALIVE, stream);
      streams.add(stream);
    }
    if (load.perSecond() == 0) {
      for (int lease = 0; lease < load.leases(); lease++) {
        renew(lease);
      }
    } else {
      tick();
    }
    return true;
  }

  /** Sends what is due by now, to one lease after the other. */
  private void tick() {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    if (sent == 0) {
      sent = (long) (seconds * load.perSecond());
    }
    for (; sent < seconds * load.perSecond(); sent++) {
      renew(nextLease);
      nextLease = (nextLease + 1) % load.leases();
    }
    wire.later(this::tick, TICK_MILLIS);
  }

  private void renew(int lease) {
    WireCall call = streams.get(lease % streams.size()).call;
    if (call != null) {
      sentNanos[lease] = System.nanoTime();
      call.send(LeaseKeepAliveRequest.newBuilder().setID(firstId + lease).build().toByteArray());
    }
  }

  private void answered(long id, long ttlSeconds) {
    int lease = Math.toIntExact(id - firstId);
    if (ttlSeconds > 0) {
      meter.answered(System.nanoTime() - sentNanos[lease]);
    } else {
      meter.failed("lease " + id + " is gone");
    }
    if (load.perSecond() == 0) {
      renew(lease);
    }
  }

  /** One stream of renewals. */
  private final class Stream implements Receiver {
    private @Nullable WireCall call;

    @Override
    public void message(ByteBuffer message) {
      long id = 0;
      long ttlSeconds = 0;
      try {
        // By hand: a message of the library would cost more than its arrival.
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          switch (tag >>> 3) {
            case 2 -> id = in.readInt64();
            case 3 -> ttlSeconds = in.readInt64();
            default -> in.skipField(tag);
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException("an answer cannot be read", e);
      }
      answered(id, ttlSeconds);
    }

    @Override
    public void ended(String failure) {
      call = null;
      meter.failed("a stream ended: " + failure);
    }
  }
}
