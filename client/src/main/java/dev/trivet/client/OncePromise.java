package dev.trivet.client;

import io.grpc.Metadata;

/**
 * Whether the cluster applies numbered requests once. Another server of etcd's API, or an older
 * node, does not say so: there a write is never sent again. Any thread.
 */
final class OncePromise {
  /** "once", in the answer to a numbered request. */
  static final Metadata.Key<String> ONCE =
      Metadata.Key.of("trivet-requests", Metadata.ASCII_STRING_MARSHALLER);

  private volatile boolean isGiven;

  void learn(Metadata answer) {
    if (!isGiven && "once".equals(answer.get(ONCE))) {
      isGiven = true;
    }
  }

  boolean isGiven() {
    return isGiven;
  }
}
