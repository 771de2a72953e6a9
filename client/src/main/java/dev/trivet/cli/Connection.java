package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import java.util.List;
import picocli.CommandLine.Option;

/** The options by which a command finds the cluster. */
final class Connection {
  @Option(
      names = "--endpoints",
      split = ",",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:TRIVET_ENDPOINTS:-127.0.0.1:2379}",
      description = "Nodes to talk to, separated by commas (TRIVET_ENDPOINTS; ${DEFAULT-VALUE}).")
  private List<String> endpoints = List.of();

  List<String> endpoints() {
    return endpoints;
  }

  TrivetClient connect() {
    return TrivetClient.connect(endpoints);
  }
}
