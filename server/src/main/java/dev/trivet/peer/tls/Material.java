package dev.trivet.peer.tls;

import dev.trivet.errors.TrivetException;
import dev.trivet.pem.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
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

  Material {
    chain = List.copyOf(chain);
  }

  /**
   * @throws TrivetException INVALID_ARGUMENT that names the file and what to do
   */
  static Material load(TlsFiles files, Date now) {
    List<X509Certificate> chain = PemFiles.certificates(files.certificate());
    X509Certificate own = chain.getFirst();
    try {
      own.checkValidity(now);
    } catch (CertificateExpiredException e) {
      throw PemFiles.bad(
          files.certificate(), "it expired at " + own.getNotAfter() + ": renew it", e);
    } catch (CertificateNotYetValidException e) {
      throw PemFiles.bad(
          files.certificate(),
          "it is valid from " + own.getNotBefore() + " on: check the clock, or renew it",
          e);
    }
    PrivateKey key = PemFiles.key(files.key());
    PemFiles.requirePair(files.certificate(), own, files.key(), key);
    Path authority = files.authority();
    return new Material(chain, key, authority == null ? null : trust(authority));
  }

  private static X509ExtendedTrustManager trust(Path file) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate each : PemFiles.certificates(file)) {
        store.setCertificateEntry("authority-" + number++, each);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw PemFiles.bad(
          file, "its certificates cannot be used as authorities: " + e.getMessage(), e);
    }
  }
}
