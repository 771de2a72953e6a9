package dev.trivet.node;

import dev.trivet.api.etcd.Schemes;
import dev.trivet.peer.tls.Certificates;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a node's ports.
 *
 * @param client of the port of clients; null: it speaks no TLS
 * @param peer of the two ports between nodes, which show and ask for certificates; null: they speak
 *     no TLS
 */
public record NodeTls(@Nullable Certificates client, @Nullable Certificates peer) {
  /** All ports speak in the clear. */
  public static final NodeTls NONE = new NodeTls(null, null);

  Schemes schemes() {
    return Schemes.of(client != null, peer != null);
  }
}
