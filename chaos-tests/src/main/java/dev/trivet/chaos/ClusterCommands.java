package dev.trivet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.local.LocalCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code trivet cluster ...} as an operator runs it: a process of its own for each command. */
final class ClusterCommands {
  private static final long PAUSE_MILLIS = 500;

  private final LocalCluster cluster;

  ClusterCommands(LocalCluster cluster) {
    this.cluster = cluster;
  }

  /** How a command ended, and what it said on both of its outputs. */
  record Outcome(int code, String said) {
    boolean isDone() {
      return code == 0;
    }
  }

  /**
   * @param arguments what follows {@code trivet cluster}
   */
  Outcome run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(cluster.java());
    command.add("cluster");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--endpoints", String.join(",", cluster.endpoints())));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), said.strip());
  }

  /**
   * Runs it again and again until it is done.
   *
   * @throws IllegalStateException when it was still refused after the limit, with what it said last
   */
  void await(Duration limit, String... arguments) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Outcome last = run(arguments);
      if (last.isDone()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "trivet cluster %s: %s".formatted(String.join(" ", arguments), last.said()));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
