package dev.trivet.client;

import dev.trivet.errors.TrivetException;
import io.grpc.MethodDescriptor;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A read, or a write without a number, until it is answered or not to be tried again. */
final class Attempt<Q, A> {
  private final Wire wire;
  private final MethodDescriptor<Q, A> method;
  private final Q request;
  private final Patience patience;
  private final CompletableFuture<A> result = new CompletableFuture<>();

  Attempt(Wire wire, MethodDescriptor<Q, A> method, Q request, Patience patience) {
    this.wire = wire;
    this.method = method;
    this.request = request;
    this.patience = patience;
  }

  CompletableFuture<A> start() {
    send();
    return result;
  }

  private void send() {
    if (result.isDone()) {
      return;
    }
    var call =
        OneCall.start(
            wire,
            method,
            request,
            patience.isWrite(),
            patience.deadline(),
            null,
            result::complete,
            this::failed);
    CancelledCalls.follow(result, call);
  }

  private void failed(TrivetException error) {
    OptionalLong pause = patience.pauseMillis(error.code());
    if (pause.isEmpty() || wire.later(this::send, pause.getAsLong()) == null) {
      result.completeExceptionally(error);
    }
  }
}
