package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command finds the cluster, and is let in. */
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

  @Mixin private final LoginOptions login = new LoginOptions();
  @Mixin private final TlsOptions tls = new TlsOptions();

  List<String> endpoints() {
    return endpoints;
  }

  /**
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT for options that do not go together,
   *     or a bad file
   */
  TrivetClient connect() {
    return connect(endpoints);
  }

  /** To one of the endpoints alone. */
  TrivetClient connect(String endpoint) {
    return connect(List.of(endpoint));
  }

  private TrivetClient connect(List<String> chosen) {
    TrivetClient.Builder client =
        TrivetClient.builder(chosen)
            .deadline(Duration.ofMillis(Math.round(timeoutSeconds * 1_000)));
    login.apply(client);
    tls.apply(client);
    return client.connect();
  }
}
