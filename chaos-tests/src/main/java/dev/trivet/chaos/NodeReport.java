package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** What each node says of itself when a run cannot go on: the run's folder may be gone later. */
final class NodeReport {
  private static final int LOG_LINES = 25;
  private static final int MAX_LINE = 300;

  private NodeReport() {}

  /** Prints state, indices and the end of the log of each node to standard error. */
  static void print(LocalCluster cluster) throws InterruptedException {
    for (NodeProcess node : cluster.nodes()) {
      System.err.printf("-- %s %s%n", node.name(), node.isRunning() ? "runs" : "has ended");
      System.err.print(page(node, "/readyz"));
      page(node, "/metrics")
          .lines()
          .filter(line -> line.matches("trivet_(log|term|is_leader|has_leader).*"))
          .forEach(System.err::println);
      log(node).forEach(line -> System.err.println("   " + line));
    }
  }

  private static List<String> log(NodeProcess node) {
    try {
      List<String> lines = Files.readAllLines(node.logFile(), StandardCharsets.UTF_8);
      return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).stream()
          .map(line -> line.substring(0, Math.min(line.length(), MAX_LINE)))
          .toList();
    } catch (IOException e) {
      return List.of("its log cannot be read: " + e.getMessage());
    }
  }

  private static String page(NodeProcess node, String path) throws InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest question =
          HttpRequest.newBuilder(URI.create("http://" + node.endpoint() + path))
              .timeout(Duration.ofSeconds(10))
              .build();
      return http.send(question, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return path + " does not answer: " + e.getMessage() + "\n";
    }
  }
}
