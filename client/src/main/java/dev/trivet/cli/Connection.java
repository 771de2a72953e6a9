package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The options by which a command finds the cluster. */
final class Connection {
  @Option(
      names = "--endpoints",
      split = ",",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:2379",
      description = "Nodes to talk to, separated by commas (${DEFAULT-VALUE}).")
  private List<String> endpoints = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Longest wait for an answer, repetitions included (${DEFAULT-VALUE}).")
  private double timeoutSeconds;

  List<String> endpoints() {
    return endpoints;
  }

  TrivetClient connect() {
    return TrivetClient.builder(endpoints)
        .deadline(Duration.ofMillis(Math.round(timeoutSeconds * 1_000)))
        .connect();
  }
}
