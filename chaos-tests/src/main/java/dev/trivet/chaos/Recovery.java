package dev.trivet.chaos;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.Node;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Waits until all nodes serve, and starts those that have ended meanwhile, as whoever looks after
 * processes does it.
 */
final class Recovery {
  private static final long POLL_MILLIS = 100;

  /**
   * Between two starts of the same run; one that ends at once would else be started all the time.
   */
  private static final long RESTART_NANOS = 2_000_000_000;

  private static final ByteString KEY = ByteString.copyFromUtf8("recovery");

  private final Environment environment;

  Recovery(Environment environment) {
    this.environment = environment;
  }

  /**
   * How it went.
   *
   * @param millis until every node could read and a write was acknowledged
   * @param restarts of nodes that had ended
   * @param failure who did not serve when the time was over; empty if all did
   */
  record Recovered(long millis, int restarts, String failure) {}

  Recovered await(Duration limit) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long lastRestart = begin - RESTART_NANOS;
    int restarts = 0;
    while (true) {
      boolean mayStart = System.nanoTime() - lastRestart >= RESTART_NANOS;
      for (Node node : environment.nodes()) {
        if (mayStart && !node.isRunning()) {
          node.start();
          restarts++;
          lastRestart = System.nanoTime();
        }
      }
      List<String> behind =
          environment.nodes().stream()
              .flatMap(
                  node ->
                      Stream.of(node.notReady())
                          .filter(why -> !why.isEmpty())
                          .map(why -> node.name() + " (" + why + ")"))
              .toList();
      if (behind.isEmpty() && hasWritten()) {
        return new Recovered((System.nanoTime() - begin) / 1_000_000, restarts, "");
      }
      if (System.nanoTime() - begin > limit.toNanos()) {
        return new Recovered(
            limit.toMillis(),
            restarts,
            "%s after %d s"
                .formatted(
                    behind.isEmpty() ? "no write is acknowledged" : behind + " do not serve",
                    limit.toSeconds()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean hasWritten() {
    try (TrivetClient client = TrivetClient.connect(environment.endpoints())) {
      var _ = client.keys().put(KEY, KEY);
      return true;
    } catch (TrivetException _) {
      return false;
    }
  }
}
