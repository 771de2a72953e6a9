package dev.trivet.peer;

import dev.trivet.peer.tls.Certificates;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a cluster ask of each other at the ports between them.
 *
 * @param secret known to all of them; may be none
 * @param certificates shown and asked for at both ends of each connection; null: no TLS
 */
public record PeerTrust(ClusterSecret secret, @Nullable Certificates certificates) {
  /** Whoever comes is let in. */
  public static final PeerTrust NONE = of(ClusterSecret.NONE);

  public PeerTrust {
    if (certificates != null && !certificates.isMutual()) {
      throw new IllegalArgumentException(
          "between nodes both ends show certificates: their authority is needed");
    }
  }

  /** A secret and no TLS. */
  public static PeerTrust of(ClusterSecret secret) {
    return new PeerTrust(secret, null);
  }
}
