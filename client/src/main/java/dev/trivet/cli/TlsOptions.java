package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command trusts nodes, and what it shows them. With any of these it speaks TLS alone. */
final class TlsOptions {
  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Speak TLS, to nodes whose certificates one of these (PEM) has signed.")
  private @Nullable Path authority;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate (PEM) to show to nodes that ask for one.")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "Its private key (PEM, PKCS#8).")
  private @Nullable Path key;

  /**
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when one option misses another, or
   *     names the bad file
   */
  void apply(TrivetClient.Builder client) {
    Path shown = certificate;
    Path own = key;
    if (shown != null && own != null) {
      client.certificate(shown, own);
    } else if (shown != null || own != null) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a certificate is shown by both --cert and --key, and only one of them is given");
    }
    if (authority != null) {
      client.trust(authority);
    }
  }
}
