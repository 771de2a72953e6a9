package dev.trivet.client;

import io.grpc.ClientCall;
import java.util.concurrent.CompletableFuture;

/** Ends the calls of futures that are cancelled. */
final class CancelledCalls {
  private CancelledCalls() {}

  static void follow(CompletableFuture<?> result, ClientCall<?, ?> call) {
    var _ =
        result.whenComplete(
            (_, _) -> {
              if (result.isCancelled()) {
                call.cancel("the caller does not wait any more", null);
              }
            });
  }
}
