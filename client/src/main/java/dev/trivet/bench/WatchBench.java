package dev.trivet.bench;

import com.google.protobuf.ByteString;
import dev.trivet.bench.wire.Access;
import dev.trivet.bench.wire.Receiver;
import dev.trivet.bench.wire.WireCall;
import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One writer puts a key, everybody else watches it. What is counted is the delivery of an event to
 * a watcher; its latency is the time since its put was sent. A watcher that misses an event, or
 * gets one twice, is an error.
 */
public final class WatchBench {
  private static final long CREATE_SECONDS = 60;
  private static final long TICK_MILLIS = 1;
  private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();
  private static final String PUT = KVGrpc.getPutMethod().getFullMethodName();
  private static final ByteString KEY = ByteString.copyFromUtf8("bench/watched");

  private final WatchLoad load;
  private final WireClient wire;
  private final Meter meter = new Meter();
  private final CountDownLatch created;
  private final byte[] value;
  private final WireConnection writer;
  private long puts;
  private long beganNanos;
  private boolean isPutting;

  private WatchBench(WatchLoad load, WireClient wire) {
    this.load = load;
    this.wire = wire;
    this.created = new CountDownLatch(load.watchers());
    this.value = new byte[load.valueSizeBytes()];
    this.writer = wire.connect(load.endpoints().getFirst());
  }

  /**
   * Runs the load and blocks until it is over.
   *
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if watchers cannot be made, or nothing
   *     was delivered
   */
  public static LoadReport run(WatchLoad load, Access access) throws InterruptedException {
    try (WireClient wire = new WireClient(access)) {
      WatchBench bench = new WatchBench(load, wire);
      List<WireConnection> connections =
          Measurement.connect(wire, load.endpoints(), load.connections());
      var _ = wire.run(() -> bench.watch(connections));
      if (!bench.created.await(CREATE_SECONDS, TimeUnit.SECONDS)) {
        throw ErrorCode.UNREACHABLE.exception(
            bench.created.getCount()
                + " watchers were not made in time: "
                + bench.meter.firstError());
      }
      var _ = wire.run(bench::write);
      return Measurement.take("delivery", load.watchers(), load.timing(), wire, bench.meter);
    }
  }

  private boolean watch(List<WireConnection> connections) {
    List<Stream> streams = new ArrayList<>();
    for (int round = 0; round < load.streams(); round++) {
      for (WireConnection connection : connections) {
        Stream stream = new Stream();
        WireCall call = connection.open(WATCH, stream);
        if (call != null) {
          stream.call = call;
          streams.add(stream);
        }
      }
    }
    byte[] create =
        WatchRequest.newBuilder()
            .setCreateRequest(WatchCreateRequest.newBuilder().setKey(KEY))
            .build()
            .toByteArray();
    for (int watcher = 0; watcher < load.watchers() && !streams.isEmpty(); watcher++) {
      WireCall call = streams.get(watcher % streams.size()).call;
      if (call != null) {
        call.send(create);
      }
    }
    return true;
  }

  private boolean write() {
    beganNanos = System.nanoTime();
    put();
    if (load.putsPerSecond() > 0) {
      tick();
    }
    return true;
  }

  /** At most one put is under way: its order is the events'. */
  private void tick() {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    if (!isPutting && puts < seconds * load.putsPerSecond()) {
      put();
    }
    wire.later(this::tick, TICK_MILLIS);
  }

  private void put() {
    isPutting = true;
    Stamp.write(value, ++puts, System.nanoTime());
    writer.unary(
        PUT,
        PutRequest.newBuilder()
            .setKey(KEY)
            .setValue(ByteString.copyFrom(value))
            .build()
            .toByteArray(),
        new Receiver() {
          @Override
          public void message(ByteBuffer message) {}

          @Override
          public void ended(String failure) {
            isPutting = false;
            if (!failure.isEmpty()) {
              meter.failed("a put failed: " + failure);
            } else if (load.putsPerSecond() == 0) {
              put();
            }
          }
        });
  }

  /** One stream of watchers, each of which must see every put in order. */
  private final class Stream implements Receiver {
    private final Map<Long, long[]> seen = new HashMap<>();
    private final WatchMessage message = new WatchMessage();
    private @Nullable WireCall call;

    @Override
    public void message(ByteBuffer bytes) {
      message.read(bytes);
      if (message.isCreated()) {
        seen.put(message.watchId(), new long[1]);
        created.countDown();
      }
      if (message.isCanceled()) {
        meter.failed("a watcher was cancelled");
      }
      long now = System.nanoTime();
      for (int i = 0; i < message.events(); i++) {
        int end = message.valueEnd(i);
        long[] last = seen.get(message.watchId());
        long number = Stamp.number(bytes, end);
        if (last != null && last[0] != 0 && number != last[0] + 1) {
          meter.failed("put " + number + " came after " + last[0]);
        }
        if (last != null) {
          last[0] = number;
        }
        meter.answered(now - Stamp.nanos(bytes, end));
      }
    }

    @Override
    public void ended(String failure) {
      call = null;
      meter.failed("a stream ended: " + failure);
    }
  }
}
