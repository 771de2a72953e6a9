package dev.trivet.locks;

import dev.trivet.client.KeptLease;
import dev.trivet.errors.TrivetException;

/** Ends the lease of who waits no more. */
final class GivenUp {
  private GivenUp() {}

  static void close(KeptLease lease) {
    // An interrupted thread could not say so to the cluster.
    boolean wasInterrupted = Thread.interrupted();
    try {
      lease.close();
    } catch (TrivetException _) {
      // It ends by itself after its time to live; what made the caller give up is told.
      lease.abandon();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
