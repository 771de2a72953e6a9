package dev.trivet.launch;

import dev.trivet.errors.ErrorCode;
import dev.trivet.node.NodeTls;
import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsFiles;
import dev.trivet.settings.OfOneCommand;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the certificates of a node's ports are. The files are read again when they change. */
final class TlsOptions implements OfOneCommand {
  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate (PEM) of the port of clients, which then speaks TLS alone.")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "Its private key (PEM, PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description = "Let in only clients with a certificate that one of these (PEM) has signed.")
  private @Nullable Path clientAuthority;

  @Option(
      names = "--peer-cert",
      paramLabel = "FILE",
      description =
          "Certificate (PEM) that this node shows to others, calling and called: both ports between"
              + " nodes then speak TLS alone.")
  private @Nullable Path peerCertificate;

  @Option(names = "--peer-key", paramLabel = "FILE", description = "Its private key.")
  private @Nullable Path peerKey;

  @Option(
      names = "--peer-ca",
      paramLabel = "FILE",
      description = "Who signs the certificates of nodes (PEM).")
  private @Nullable Path peerAuthority;

  /**
   * Reads all files.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when an option is missing that
   *     another needs, or a file is bad: it is named
   */
  NodeTls read() {
    return new NodeTls(client(), peer());
  }

  private @Nullable Certificates client() {
    if (certificate == null && key == null && clientAuthority == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "TLS of the port of clients needs both --cert and --key");
    }
    return Certificates.read(
        new TlsFiles(certificate, key, clientAuthority), InstantSource.system());
  }

  private @Nullable Certificates peer() {
    if (peerCertificate == null && peerKey == null && peerAuthority == null) {
      return null;
    }
    if (peerCertificate == null || peerKey == null || peerAuthority == null) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "TLS between nodes needs all of --peer-cert, --peer-key and --peer-ca");
    }
    return Certificates.read(
        new TlsFiles(peerCertificate, peerKey, peerAuthority), InstantSource.system());
  }
}
