package dev.trivet.bench;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The outstanding requests of one run. Invariant: from {@code begin} to {@code close} each client
 * has one request under way, or waits a moment after an error. Answers come on the channels' event
 * loops, which also send the next request.
 */
final class Requests implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 10;
  private static final long PAUSE_AFTER_ERROR_MILLIS = 10;
  private static final int WRITERS = 64;
  private static final byte[] KEY_ZERO = "bench/0000000000".getBytes(StandardCharsets.US_ASCII);
  private static final int SIGNIFICANT_DIGITS = 3;

  private final KeyLoad load;
  private final List<ManagedChannel> channels;
  private final ByteString value;
  private final ScheduledThreadPoolExecutor pauses;
  private final Recorder latencies = new Recorder(SIGNIFICANT_DIGITS);
  private final LongAdder errors = new LongAdder();
  private final AtomicReference<String> firstError = new AtomicReference<>("");
  private volatile boolean counting;
  private volatile boolean ended;

  Requests(KeyLoad load, List<ManagedChannel> channels) {
    this.load = load;
    this.channels = List.copyOf(channels);
    byte[] random = new byte[load.valueSizeBytes()];
    new SplittableRandom(1).nextBytes(random);
    this.value = ByteString.copyFrom(random);
    // After the end it drops what it is given.
    this.pauses =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().name("bench-pauses").daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Puts every key once, so that reads find something; the first error ends it. */
  void writeEachKey() throws InterruptedException {
    int writers = Math.min(WRITERS, load.keys());
    AtomicInteger next = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(writers);
    for (int writer = 0; writer < writers; writer++) {
      writeNext(writer, next, running);
    }
    running.await();
    if (!firstError.get().isEmpty()) {
      throw ErrorCode.UNREACHABLE.exception("cannot write the keys to read: " + firstError.get());
    }
  }

  private void writeNext(int writer, AtomicInteger next, CountDownLatch running) {
    int key = next.getAndIncrement();
    if (key >= load.keys()) {
      running.countDown();
      return;
    }
    send(
        writer,
        KVGrpc.getPutMethod(),
        PutRequest.newBuilder().setKey(key(key)).setValue(value).build(),
        failure -> {
          if (failure.isEmpty()) {
            writeNext(writer, next, running);
          } else {
            firstError.compareAndSet("", failure);
            running.countDown();
          }
        });
  }

  void begin() {
    for (int client = 0; client < load.clients(); client++) {
      next(client);
    }
  }

  void startCounting() {
    latencies.reset();
    errors.reset();
    counting = true;
  }

  Histogram stopCounting() {
    counting = false;
    return latencies.getIntervalHistogram();
  }

  long errors() {
    return errors.sum();
  }

  String firstError() {
    return firstError.get();
  }

  @Override
  public void close() {
    ended = true;
    pauses.shutdownNow();
  }

  private void next(int client) {
    if (ended) {
      return;
    }
    ByteString key = key(ThreadLocalRandom.current().nextInt(load.keys()));
    long sent = System.nanoTime();
    Ending ending = failure -> answered(client, sent, failure);
    switch (load.op()) {
      case PUT ->
          send(
              client,
              KVGrpc.getPutMethod(),
              PutRequest.newBuilder().setKey(key).setValue(value).build(),
              ending);
      case GET ->
          send(
              client,
              KVGrpc.getRangeMethod(),
              RangeRequest.newBuilder().setKey(key).build(),
              ending);
    }
  }

  private void answered(int client, long sent, String failure) {
    if (failure.isEmpty()) {
      if (counting) {
        latencies.recordValue(System.nanoTime() - sent);
      }
      next(client);
    } else if (!ended) {
      if (counting) {
        errors.increment();
      }
      firstError.compareAndSet("", failure);
      // A call may fail on the spot: without a pause this would recurse and spin.
      var _ = pauses.schedule(() -> next(client), PAUSE_AFTER_ERROR_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private <Q, A> void send(int client, MethodDescriptor<Q, A> method, Q request, Ending ending) {
    var call =
        channels
            .get(client % channels.size())
            .newCall(
                method, CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
    ClientCalls.asyncUnaryCall(call, request, new Answer<>(ending));
  }

  private static ByteString key(int number) {
    byte[] key = KEY_ZERO.clone();
    // By hand: a formatter here would cost as much as sending the request.
    for (int at = key.length - 1, left = number; left > 0; at--, left /= 10) {
      key[at] += (byte) (left % 10);
    }
    return ByteString.copyFrom(key);
  }

  /** How a request ended: with an empty text, or with the text of its failure. */
  private interface Ending {
    void reached(String failure);
  }

  private record Answer<A>(Ending ending) implements StreamObserver<A> {
    @Override
    public void onNext(A answer) {}

    @Override
    public void onError(Throwable failure) {
      ending.reached(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onCompleted() {
      ending.reached("");
    }
  }
}
