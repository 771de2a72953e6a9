package dev.trivet.replicate;

import io.grpc.Context;
import java.util.function.Supplier;

/**
 * Starts calls that do not end with the call they were started in. gRPC cancels whatever was begun
 * on behalf of a call when that one ends; a call that others share must outlive it.
 */
final class Detached {
  private Detached() {}

  static <T> T start(Supplier<T> call) {
    Context before = Context.ROOT.attach();
    try {
      return call.get();
    } finally {
      Context.ROOT.detach(before);
    }
  }

  static void run(Runnable call) {
    Context.ROOT.run(call);
  }
}
