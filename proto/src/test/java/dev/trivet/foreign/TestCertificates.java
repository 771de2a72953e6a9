package dev.trivet.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An authority and what it signs, made by openssl in one folder: NAME.pem and NAME.key, for
 * 127.0.0.1 and localhost, for both ends of connections.
 */
public final class TestCertificates {
  private final Path folder;
  private final String authority;

  /** A new authority in a folder, which may hold others. */
  public TestCertificates(Path folder, String authority) throws Exception {
    this.folder = folder;
    this.authority = authority;
    openssl(
        List.of("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        List.of("-nodes", "-days", "30", "-subj", "/CN=" + authority),
        List.of("-keyout", authority + ".key", "-out", authority + ".pem"));
  }

  public Path authority() {
    return folder.resolve(authority + ".pem");
  }

  public Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  public Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** Makes a key and a certificate whose common name is the name. */
  public TestCertificates sign(String name) throws Exception {
    return sign(name, List.of("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"));
  }

  public TestCertificates signRsa(String name) throws Exception {
    return sign(name, List.of("rsa:2048"));
  }

  private TestCertificates sign(String name, List<String> kind) throws Exception {
    Path extensions =
        Files.writeString(
            folder.resolve(name + ".ext"),
            """
            subjectAltName=IP:127.0.0.1,DNS:localhost
            extendedKeyUsage=serverAuth,clientAuth
            """);
    openssl(
        List.of("req", "-new", "-newkey"),
        kind,
        List.of("-nodes", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr"));
    openssl(
        List.of("x509", "-req", "-days", "10", "-in", name + ".csr", "-out", name + ".pem"),
        List.of("-CA", authority + ".pem", "-CAkey", authority + ".key", "-CAcreateserial"),
        List.of("-extfile", extensions.toString()));
    return this;
  }

  /** Runs openssl in the folder. */
  @SafeVarargs
  public final void openssl(List<String>... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ForeignProgram.OPENSSL.require().toString());
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }
}
