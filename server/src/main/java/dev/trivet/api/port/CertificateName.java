package dev.trivet.api.port;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The common name of the certificate that a client has shown, on connections that speak gRPC. Those
 * of HTTP have none: who speaks JSON may be a gateway that shows its own certificate for everybody.
 */
public final class CertificateName {
  /**
   * Absent when the port asks for no certificates, or the certificate has no common name. What is
   * there was verified in the handshake.
   */
  public static final Attributes.Key<String> OF_CONNECTION =
      Attributes.Key.create("dev.trivet.common-name");

  private CertificateName() {}

  /** The same attributes, and the name where there is one. Worked out once a connection. */
  static Attributes noted(Attributes connection) {
    SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    String name = session == null ? "" : of(session);
    return name.isEmpty() ? connection : connection.toBuilder().set(OF_CONNECTION, name).build();
  }

  private static String of(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate own
          ? of(own.getSubjectX500Principal().getName())
          : "";
    } catch (SSLPeerUnverifiedException _) {
      // Nobody asked for a certificate.
      return "";
    }
  }

  /** Of several common names the one that stands last in the certificate, as Go's libraries do. */
  static String of(String subject) {
    String name = "";
    try {
      for (Rdn part : new LdapName(subject).getRdns()) {
        Attribute known = part.toAttributes().get("CN");
        if (known != null && known.get() instanceof String text) {
          name = text;
        }
      }
    } catch (InvalidNameException e) {
      throw new IllegalStateException("Java cannot read the name that it wrote: " + subject, e);
    } catch (NamingException e) {
      throw new IllegalStateException("a name in memory cannot be read: " + subject, e);
    }
    return name;
  }
}
