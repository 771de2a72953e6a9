package dev.trivet.api.etcd;

/**
 * What the addresses of members begin with, as etcd's clients are told them: "http" or "https".
 *
 * @param client of the ports of clients
 * @param peer of the ports between nodes
 */
public record Schemes(String client, String peer) {
  /** Nothing is encrypted. */
  public static final Schemes CLEAR = of(false, false);

  /** The schemes of a cluster all of whose nodes have these ports in TLS, or in the clear. */
  public static Schemes of(boolean isClientInTls, boolean isPeerInTls) {
    return new Schemes(isClientInTls ? "https" : "http", isPeerInTls ? "https" : "http");
  }
}
