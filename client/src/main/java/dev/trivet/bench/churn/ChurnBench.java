package dev.trivet.bench.churn;

import dev.trivet.bench.ProcessUsage;
import dev.trivet.bench.wire.Access;
import dev.trivet.bench.wire.WireClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.DeleteRangeResponse;
import dev.trivet.proto.etcd.KVGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One run: what an earlier one left is deleted, the watches are made, the objects are created, and
 * then all goes on together for the time that was asked for. At the end the watchers must have been
 * told of everything.
 *
 * <p>The caller's thread waits and reads the servers' sizes; all else is the wire's.
 */
public final class ChurnBench {
  private static final long PREPARE_SECONDS = 60;
  private static final int SLOWEST_CREATED_PER_SECOND = 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 20;
  private static final double BYTES_PER_MIB = 1 << 20;

  private final ChurnLoad load;
  private final WireClient wire;
  private final Connections connections;
  private final Tally tally = new Tally();
  private final List<Watcher> watchers = new ArrayList<>();
  private final Writers writers;
  private final Lists lists;

  private ChurnBench(ChurnLoad load, WireClient wire) {
    this.load = load;
    this.wire = wire;
    this.connections = new Connections(wire, load.endpoints(), load.connections());
    this.writers = new Writers(load, connections, tally, this::acknowledged);
    this.lists = new Lists(connections, tally);
  }

  /**
   * Runs the load and blocks until it is over.
   *
   * @param rows given each sample when it is taken
   * @throws dev.trivet.errors.TrivetException UNREACHABLE if the run cannot be prepared
   */
  public static ChurnVerdict run(ChurnLoad load, Access access, Consumer<ChurnSample> rows)
      throws InterruptedException {
    try (WireClient wire = new WireClient(access)) {
      ChurnBench bench = new ChurnBench(load, wire);
      long empty = bench.clear();
      bench.watch(empty);
      bench.fill();
      var _ = wire.run(() -> bench.begin(empty));
      Thread.sleep(load.timing().warmup());
      var _ = wire.run(bench.tally::forget);
      List<ChurnSample> samples = bench.measure(rows);
      bench.end();
      return wire.run(() -> bench.tally.verdict(samples));
    }
  }

  /** Answers the revision at which there is no object. */
  private long clear() throws InterruptedException {
    CompletableFuture<Long> revision = new CompletableFuture<>();
    byte[] request =
        DeleteRangeRequest.newBuilder()
            .setKey(Pods.PREFIX)
            .setRangeEnd(Pods.END)
            .build()
            .toByteArray();
    var _ =
        wire.run(
            () -> {
              connections
                  .next()
                  .unary(
                      KVGrpc.getDeleteRangeMethod().getFullMethodName(),
                      request,
                      new Answer<>(
                          DeleteRangeResponse.getDefaultInstance(),
                          DeleteRangeResponse::parseFrom,
                          answer -> revision.complete(answer.getHeader().getRevision()),
                          failure -> revision.completeExceptionally(unprepared(failure))));
              return true;
            });
    try {
      return revision.get(PREPARE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw ErrorCode.UNREACHABLE.exception("cannot delete what an earlier run left", e);
    }
  }

  private static RuntimeException unprepared(String failure) {
    return ErrorCode.UNREACHABLE.exception(failure);
  }

  private void watch(long empty) throws InterruptedException {
    CountDownLatch created = new CountDownLatch(load.watchers());
    var _ =
        wire.run(
            () -> {
              for (int number = 0; number < load.watchers(); number++) {
                WatchCheck check = new WatchCheck(empty, tally::violated);
                watchers.add(new Watcher(connections, tally, check, created));
              }
              watchers.forEach(Watcher::open);
              return true;
            });
    await(created, PREPARE_SECONDS, "the watches were not made");
  }

  private void fill() throws InterruptedException {
    var _ =
        wire.run(
            () -> {
              writers.fill();
              return true;
            });
    await(
        writers.filled(),
        PREPARE_SECONDS + load.objects() / SLOWEST_CREATED_PER_SECOND,
        "the objects were not created");
  }

  private void await(CountDownLatch latch, long seconds, String otherwise)
      throws InterruptedException {
    if (!latch.await(seconds, TimeUnit.SECONDS)) {
      String first = wire.run(() -> tally.verdict(List.of()).firstFailure());
      throw ErrorCode.UNREACHABLE.exception(otherwise + " in " + seconds + " s: " + first);
    }
  }

  private boolean begin(long empty) {
    writers.begin();
    Compactor compactor = new Compactor(empty, connections, tally);
    connections.every(load.compactEvery(), compactor::compact);
    if (load.listsPerMinute() > 0) {
      connections.every(MINUTE.dividedBy(load.listsPerMinute()), lists::begin);
    }
    if (load.progressEvery().isPositive()) {
      connections.every(load.progressEvery(), () -> watchers.forEach(Watcher::askProgress));
    }
    return true;
  }

  private void acknowledged(long revision) {
    watchers.forEach(watcher -> watcher.acknowledged(revision));
  }

  private List<ChurnSample> measure(Consumer<ChurnSample> rows) throws InterruptedException {
    Duration measured = load.timing().measured();
    long count = Math.max(1, measured.dividedBy(load.sampleEvery()));
    Duration each = measured.dividedBy(count);
    List<ChurnSample> samples = new ArrayList<>();
    long beganNanos = System.nanoTime();
    double last = 0;
    for (int number = 1; number <= count; number++) {
      long dueNanos = beganNanos + each.multipliedBy(number).toNanos();
      Thread.sleep(Duration.ofNanos(Math.max(0, dueNanos - System.nanoTime())));
      DiskUsage disk = DiskUsage.of(load.folders());
      ProcessUsage servers = ProcessUsage.of(load.timing().pids());
      double seconds = (System.nanoTime() - beganNanos) / 1e9;
      Tally.Measured now =
          new Tally.Measured(
              seconds,
              seconds - last,
              disk.bytes() / BYTES_PER_MIB,
              disk.largestBytes() / BYTES_PER_MIB,
              servers.residentBytes() / BYTES_PER_MIB);
      ChurnSample sample = wire.run(() -> tally.sample(now));
      last = seconds;
      samples.add(sample);
      rows.accept(sample);
    }
    return samples;
  }

  /** Waits for what is under way, and for the watchers to be told of it. */
  private void end() throws InterruptedException {
    var _ =
        wire.run(
            () -> {
              writers.stop();
              return true;
            });
    long untilNanos = System.nanoTime() + TOLD_WITHIN.toNanos();
    while (!wire.run(this::isOver) && System.nanoTime() < untilNanos) {
      Thread.sleep(POLL_MILLIS);
    }
    var _ = wire.run(this::stop);
  }

  private boolean isOver() {
    return writers.isQuiet() && watchers.stream().allMatch(Watcher::hasAll);
  }

  private boolean stop() {
    connections.stop();
    if (!writers.isQuiet()) {
      tally.failed("writes were not answered in " + TOLD_WITHIN);
    }
    for (Watcher watcher : watchers) {
      if (!watcher.hasAll()) {
        tally.violated(
            new Violation(
                Violation.Kind.MISSED,
                "a watcher was not told of all writes within " + TOLD_WITHIN + " of the end"));
      }
    }
    return true;
  }
}
