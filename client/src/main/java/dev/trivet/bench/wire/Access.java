package dev.trivet.bench.wire;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * How connections are let in.
 *
 * @param encryption with h2 as its protocol; null: in the clear
 * @param token of etcd's authentication, carried by every call; empty: none
 */
public record Access(@Nullable SslContext encryption, String token) {
  /** In the clear, as nobody. */
  public static final Access OPEN = new Access(null, "");
}
