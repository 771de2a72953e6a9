package dev.trivet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The leader is cut off from the others, or stands still; its successor takes a write; then the old
 * leader is read. It may fail, it may wait, it may answer with the new value: never with an older
 * one.
 *
 * <p>{@code StaleReads ROUNDS FOLDER}, inside of {@code chaos-tests/faults/net run 3}. The reader
 * talks to the old leader alone, and reads from before the fault until after its end, so that a
 * read is under way at each moment. Exit code 0 when no read was stale, 7 otherwise.
 */
public final class StaleReads {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final int READS_AFTER = 10;
  private static final long READ_MILLIS = 400;
  private static final long WRITE_PAUSE_NANOS = 20_000_000;
  private static final ByteString KEY = ByteString.copyFromUtf8("stale");

  private final LocalCluster cluster;
  private final Path net;
  private final List<String> broken = new ArrayList<>();

  /** The last acknowledged value; a read that begins after it was set must not see less. */
  private volatile long acknowledged;

  private volatile boolean isReading;
  private long answered;
  private long refused;

  StaleReads(LocalCluster cluster, Path net) {
    this.cluster = cluster;
    this.net = net;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 2) {
      System.err.println("StaleReads ROUNDS FOLDER");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.onHosts(folder, 3, List.of())) {
      cluster.startAll();
      cluster.awaitReady(READY);
      broken =
          new StaleReads(cluster, Path.of("chaos-tests/faults/net"))
              .run(Integer.parseInt(arguments[0]));
    }
    Verdict.end(broken);
  }

  List<String> run(int rounds) throws IOException, InterruptedException {
    for (int round = 1; round <= rounds; round++) {
      boolean isPause = round % 2 == 0;
      NodeProcess old = Leaders.find(cluster);
      List<String> others =
          cluster.endpoints().stream().filter(other -> !other.equals(old.endpoint())).toList();
      try (TrivetClient writer = TrivetClient.connect(others);
          TrivetClient reader = TrivetClient.connect(List.of(old.endpoint()))) {
        write(writer);
        read(reader);
        answered = 0;
        refused = 0;
        isReading = true;
        Thread reading = Thread.ofVirtual().start(() -> readOn(reader));
        if (isPause) {
          old.pause();
        } else {
          net("cut", old.name());
        }
        write(writer);
        if (isPause) {
          old.resume();
        }
        for (int i = 0; i < READS_AFTER; i++) {
          read(reader);
        }
        if (!isPause) {
          net("heal");
        }
        isReading = false;
        reading.join();
      }
      System.out.printf(
          "round %d: old leader %s %s; reads there: %d answered, %d refused, %d stale so far%n",
          round, old.name(), isPause ? "paused" : "cut off", answered, refused, broken.size());
      cluster.awaitReady(READY);
    }
    return broken;
  }

  /** Until it is acknowledged: at first nobody leads. */
  private void write(TrivetClient writer) {
    long next = acknowledged + 1;
    while (true) {
      try {
        writer.keys().put(KEY, ByteString.copyFromUtf8(Long.toString(next)));
        acknowledged = next;
        return;
      } catch (TrivetException _) {
        // Repeating is right whatever became of it: the value is the same.
        pause();
      }
    }
  }

  private static void pause() {
    LockSupport.parkNanos(WRITE_PAUSE_NANOS);
  }

  private void readOn(TrivetClient reader) {
    while (isReading) {
      read(reader);
    }
  }

  private void read(TrivetClient reader) {
    long atLeast = acknowledged;
    RangeResponse found;
    try {
      found =
          KVGrpc.newBlockingStub(reader.channel())
              .withDeadlineAfter(READ_MILLIS, TimeUnit.MILLISECONDS)
              .range(RangeRequest.newBuilder().setKey(KEY).build());
    } catch (StatusRuntimeException _) {
      count(false, "");
      return;
    }
    long value =
        found.getCount() == 0 ? 0 : Long.parseLong(found.getKvs(0).getValue().toString(UTF_8));
    count(
        true, value < atLeast ? "read %d after %d was acknowledged".formatted(value, atLeast) : "");
  }

  private synchronized void count(boolean isAnswered, String violation) {
    if (isAnswered) {
      answered++;
    } else {
      refused++;
    }
    if (!violation.isEmpty()) {
      broken.add(violation);
    }
  }

  private void net(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(net.toString());
    command.addAll(List.of(arguments));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(command + " ended with " + code);
    }
  }
}
