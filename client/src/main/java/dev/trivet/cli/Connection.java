package dev.trivet.cli;

import dev.trivet.bench.wire.Access;
import dev.trivet.client.Failures;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthenticateRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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
    TrivetClient.Builder client = encrypted(chosen);
    login.apply(client);
    return client.connect();
  }

  private TrivetClient.Builder encrypted(List<String> chosen) {
    TrivetClient.Builder client =
        TrivetClient.builder(chosen)
            .deadline(Duration.ofMillis(Math.round(timeoutSeconds * 1_000)));
    tls.apply(client);
    return client;
  }

  /**
   * For connections that are not this library's: TLS, and a token that was asked for now.
   *
   * @throws dev.trivet.errors.TrivetException what {@link #connect} and the question for a token do
   */
  Access access() {
    TrivetClient.Builder client = encrypted(endpoints);
    AtomicReference<String> token = new AtomicReference<>("");
    login.whenGiven(
        (name, password) -> {
          try (TrivetClient asking = client.connect()) {
            token.set(
                AuthGrpc.newBlockingStub(asking.channel())
                    .authenticate(
                        AuthenticateRequest.newBuilder()
                            .setName(name)
                            .setPassword(password)
                            .build())
                    .getToken());
          } catch (StatusRuntimeException e) {
            TrivetException failure = Failures.of(e, false);
            if (failure.code() != ErrorCode.AUTH_NOT_ENABLED) {
              throw failure;
            }
          }
        });
    return new Access(client.tls(), token.get());
  }
}
