package dev.trivet.bench;

import com.google.protobuf.ByteString;
import dev.trivet.bench.wire.Receiver;
import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * The outstanding requests of one run. Invariant: from {@code begin} to the end of the wire each
 * client has one request under way, or waits a moment after an error.
 *
 * <p>Owned by the wire's thread: every method runs there, but {@link #writeEachKey}, which waits
 * for it.
 */
final class Requests {
  private static final long PAUSE_AFTER_ERROR_MILLIS = 10;
  private static final int WRITERS = 64;
  private static final String PUT = KVGrpc.getPutMethod().getFullMethodName();
  private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();

  private final KeyLoad load;
  private final WireClient wire;
  private final List<WireConnection> connections;
  private final ByteString value;
  private final SplittableRandom random = new SplittableRandom(1);
  private final Meter meter;

  Requests(KeyLoad load, WireClient wire, List<WireConnection> connections, Meter meter) {
    this.load = load;
    this.meter = meter;
    this.wire = wire;
    this.connections = List.copyOf(connections);
    byte[] bytes = new byte[load.valueSizeBytes()];
    random.nextBytes(bytes);
    this.value = ByteString.copyFrom(bytes);
  }

  /** Puts every key once, so that reads find something; the first error ends it. */
  void writeEachKey() throws InterruptedException {
    Filling filling = new Filling(Math.min(WRITERS, load.keys()));
    var _ = wire.run(filling::begin);
    filling.running.await();
    if (!meter.firstError().isEmpty()) {
      throw ErrorCode.UNREACHABLE.exception("cannot write the keys to read: " + meter.firstError());
    }
  }

  /** Always true, as the wire wants a value. */
  boolean begin() {
    for (int client = 0; client < load.clients(); client++) {
      new Client(connections.get(client % connections.size())).next();
    }
    return true;
  }

  private byte[] put(int key) {
    return PutRequest.newBuilder()
        .setKey(BenchKeys.numbered(key))
        .setValue(value)
        .build()
        .toByteArray();
  }

  /** Sends the next request when one is answered. */
  private final class Client implements Receiver {
    private final WireConnection connection;
    private long sentNanos;

    Client(WireConnection connection) {
      this.connection = connection;
    }

    void next() {
      int key = random.nextInt(load.keys());
      sentNanos = System.nanoTime();
      switch (load.op()) {
        case PUT -> connection.unary(PUT, put(key), this);
        case GET ->
            connection.unary(
                RANGE,
                RangeRequest.newBuilder().setKey(BenchKeys.numbered(key)).build().toByteArray(),
                this);
      }
    }

    @Override
    public void message(ByteBuffer message) {}

    @Override
    public void ended(String failure) {
      long nanos = System.nanoTime() - sentNanos;
      if (failure.isEmpty()) {
        meter.answered(nanos);
        next();
        return;
      }
      meter.failed(failure);
      // A call may fail on the spot: without a pause this would recurse and spin.
      wire.later(this::next, PAUSE_AFTER_ERROR_MILLIS);
    }
  }

  /** Writes all keys once. */
  private final class Filling {
    private final CountDownLatch running;
    private final int writers;
    private int nextKey;

    Filling(int writers) {
      this.writers = writers;
      this.running = new CountDownLatch(writers);
    }

    boolean begin() {
      for (int writer = 0; writer < writers; writer++) {
        next(connections.get(writer % connections.size()));
      }
      return true;
    }

    private void next(WireConnection connection) {
      if (nextKey == load.keys() || !meter.firstError().isEmpty()) {
        running.countDown();
        return;
      }
      connection.unary(
          PUT,
          put(nextKey++),
          new Receiver() {
            @Override
            public void message(ByteBuffer message) {}

            @Override
            public void ended(String failure) {
              if (!failure.isEmpty()) {
                meter.failed(failure);
              }
              next(connection);
            }
          });
    }
  }
}
