package dev.trivet.replicate;

import io.grpc.Context;
import java.util.function.Supplier;

/**
 * Starts calls that do not end with the call they were started in. gRPC cancels whatever was begun
 * on behalf of a call when that one ends; a call that others share must outlive it.
 */
final class Detached {
  private Detached() {}

  /**
   * @param life what the call ends with instead; the root if it just ends
   */
  static <T> T start(Context life, Supplier<T> call) {
    Context before = life.attach();
    try {
      return call.get();
    } finally {
      life.detach(before);
    }
  }
}
