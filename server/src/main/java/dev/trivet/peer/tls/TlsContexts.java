package dev.trivet.peer.tls;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/** Netty's contexts on a port's {@link Certificates}, by the Java runtime's own TLS. */
public final class TlsContexts {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /** In the order of preference. */
  private static final ApplicationProtocolConfig HTTP_1_OR_2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_1_1,
          ApplicationProtocolNames.HTTP_2);

  private TlsContexts() {}

  /**
   * For the port of clients: who offers both protocols, as browsers and curl do, is answered in
   * HTTP/1.1; gRPC's clients offer HTTP/2 alone.
   */
  public static SslContext ofClientPort(Certificates certificates) {
    return build(server(certificates).applicationProtocolConfig(HTTP_1_OR_2));
  }

  /** For the port between nodes: gRPC alone, and callers show a certificate. */
  public static SslContext ofPeerPort(Certificates certificates) {
    return build(server(certificates));
  }

  /** For calls to other nodes: their certificates must be for the host that is called. */
  public static SslContext ofPeerChannel(Certificates certificates) {
    return build(
        GrpcSslContexts.configure(
            SslContextBuilder.forClient()
                .keyManager(certificates.keys())
                .trustManager(certificates.trust())
                .protocols(VERSIONS),
            SslProvider.JDK));
  }

  private static SslContextBuilder server(Certificates certificates) {
    SslContextBuilder builder =
        GrpcSslContexts.configure(
            SslContextBuilder.forServer(certificates.keys()).protocols(VERSIONS), SslProvider.JDK);
    return certificates.isMutual()
        ? builder.clientAuth(ClientAuth.REQUIRE).trustManager(certificates.trust())
        : builder;
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("Java's TLS refuses what every runtime has", e);
    }
  }
}
