package dev.trivet.peer.tls;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a port hold, checked: the key is the first certificate's, and that one is valid
 * now.
 *
 * @param chain the own certificate first
 * @param trust null: callers need no certificate
 */
record Material(
    List<X509Certificate> chain, PrivateKey key, @Nullable X509ExtendedTrustManager trust) {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
  private static final byte[] PROBE = "trivet".getBytes(StandardCharsets.US_ASCII);

  Material {
    chain = List.copyOf(chain);
  }

  /**
   * @throws TrivetException INVALID_ARGUMENT that names the file and what to do
   */
  static Material load(TlsFiles files, Date now) {
    List<X509Certificate> chain = certificates(files.certificate());
    X509Certificate own = chain.getFirst();
    try {
      own.checkValidity(now);
    } catch (CertificateExpiredException e) {
      throw bad(files.certificate(), "it expired at " + own.getNotAfter() + ": renew it", e);
    } catch (CertificateNotYetValidException e) {
      throw bad(
          files.certificate(),
          "it is valid from " + own.getNotBefore() + " on: check the clock, or renew it",
          e);
    }
    PrivateKey key = key(files.key());
    requirePair(files, own, key);
    Path authority = files.authority();
    return new Material(chain, key, authority == null ? null : trust(authority));
  }

  private static void requirePair(TlsFiles files, X509Certificate own, PrivateKey key) {
    boolean isPair;
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(own.getPublicKey());
      signature.update(PROBE);
      isPair = signature.verify(signed);
    } catch (GeneralSecurityException _) {
      // Another kind of key than the certificate's.
      isPair = false;
    }
    if (!isPair) {
      throw bad(
          files.key(),
          "it is not the key of the certificate in "
              + files.certificate()
              + ": give the two that were made together",
          null);
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    try {
      List<X509Certificate> found = new ArrayList<>();
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate each :
          factory.generateCertificates(
              new ByteArrayInputStream(read(file).getBytes(StandardCharsets.ISO_8859_1)))) {
        found.add((X509Certificate) each);
      }
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException e) {
      throw bad(file, "no certificate in PEM form (BEGIN CERTIFICATE) can be read in it", e);
    }
    throw bad(file, "it holds no certificate (BEGIN CERTIFICATE)", null);
  }

  private static PrivateKey key(Path file) {
    Matcher blocks = PEM.matcher(read(file));
    while (blocks.find()) {
      String kind = blocks.group(1);
      if (kind.equals("PRIVATE KEY")) {
        return key(file, Base64.getMimeDecoder().decode(blocks.group(2)));
      }
      if (kind.endsWith(" PRIVATE KEY")) {
        throw bad(
            file,
            "it holds a key of the form '%s': write it as PKCS#8 without a password, by 'openssl pkcs8 -topk8 -nocrypt -in %s'"
                .formatted(kind, file),
            null);
      }
    }
    throw bad(file, "it holds no private key (BEGIN PRIVATE KEY)", null);
  }

  private static PrivateKey key(Path file, byte[] encoded) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException _) {
        // Another algorithm's: the next one.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java runtime has " + algorithm, e);
      }
    }
    throw bad(file, "its private key is none of " + ALGORITHMS + ", or damaged", null);
  }

  private static X509ExtendedTrustManager trust(Path file) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate each : certificates(file)) {
        store.setCertificateEntry("authority-" + number++, each);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw bad(file, "its certificates cannot be used as authorities: " + e.getMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw bad(file, "there is no such file", e);
    } catch (IOException e) {
      throw bad(file, "it cannot be read: " + e, e);
    }
  }

  private static TrivetException bad(Path file, String why, @Nullable Throwable cause) {
    String message = "TLS file " + file + ": " + why;
    return cause == null
        ? ErrorCode.INVALID_ARGUMENT.exception(message)
        : ErrorCode.INVALID_ARGUMENT.exception(message, cause);
  }
}
