package dev.trivet.pem;

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
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PEM files: of TLS, for both ends of connections, and of signatures. Every error is
 * INVALID_ARGUMENT, names the file and says what to do.
 */
public final class PemFiles {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
  private static final byte[] PROBE = "trivet".getBytes(StandardCharsets.US_ASCII);

  private PemFiles() {}

  /**
   * All certificates of a file, in its order; at least one.
   *
   * @throws TrivetException INVALID_ARGUMENT
   */
  public static List<X509Certificate> certificates(Path file) {
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
    throw bad(file, "it holds no certificate (BEGIN CERTIFICATE)");
  }

  /**
   * The first private key of a file.
   *
   * @throws TrivetException INVALID_ARGUMENT, also when it is not PKCS#8 without a password
   */
  public static PrivateKey key(Path file) {
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
                .formatted(kind, file));
      }
    }
    throw bad(file, "it holds no private key (BEGIN PRIVATE KEY)");
  }

  /**
   * The first public key of a file, or its first certificate's.
   *
   * @throws TrivetException INVALID_ARGUMENT
   */
  public static PublicKey publicKey(Path file) {
    Matcher blocks = PEM.matcher(read(file));
    while (blocks.find()) {
      switch (blocks.group(1)) {
        case "PUBLIC KEY" -> {
          return publicKey(file, Base64.getMimeDecoder().decode(blocks.group(2)));
        }
        case "CERTIFICATE" -> {
          return certificates(file).getFirst().getPublicKey();
        }
        default -> {}
      }
    }
    throw bad(file, "it holds no public key (BEGIN PUBLIC KEY)");
  }

  private static PublicKey publicKey(Path file, byte[] encoded) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException _) {
        // Another algorithm's: the next one.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java runtime has " + algorithm, e);
      }
    }
    throw bad(file, "its public key is none of " + ALGORITHMS + ", or damaged");
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
    throw bad(file, "its private key is none of " + ALGORITHMS + ", or damaged");
  }

  /**
   * That a key is a certificate's.
   *
   * @throws TrivetException INVALID_ARGUMENT
   */
  public static void requirePair(
      Path certificateFile, X509Certificate own, Path keyFile, PrivateKey key) {
    if (!isPair(own.getPublicKey(), key)) {
      throw bad(
          keyFile,
          "it is not the key of the certificate in "
              + certificateFile
              + ": give the two that were made together");
    }
  }

  /** Whether two keys belong together: by signing with one and looking with the other. */
  public static boolean isPair(PublicKey verifying, PrivateKey signing) {
    try {
      String algorithm =
          switch (signing.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> signing.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(signing);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(verifying);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      // Another kind of key than the other's.
      return false;
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

  /** What is wrong with a file, and what to do. */
  public static TrivetException bad(Path file, String why) {
    return ErrorCode.INVALID_ARGUMENT.exception(message(file, why));
  }

  /** The same with what it follows from. */
  public static TrivetException bad(Path file, String why, Throwable cause) {
    return ErrorCode.INVALID_ARGUMENT.exception(message(file, why), cause);
  }

  private static String message(Path file, String why) {
    return "file " + file + ": " + why;
  }
}
