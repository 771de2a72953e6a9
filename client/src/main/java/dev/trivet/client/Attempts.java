package dev.trivet.client;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Makes unary calls, and makes them again within one deadline where that cannot apply anything
 * twice.
 *
 * <ul>
 *   <li>A read: whenever no node answered.
 *   <li>A write: only if a node said that nothing was applied, or if the request never left this
 *       process.
 *   <li>A write that is numbered ({@link RequestNumbers}): also when its outcome is unknown, if the
 *       nodes are known to apply it once.
 * </ul>
 *
 * <p>Futures fail with {@link dev.trivet.errors.TrivetException}; one that is cancelled ends its
 * call. Any thread.
 */
final class Attempts {
  private final Wire wire;
  private final Duration limit;

  Attempts(Wire wire, Duration limit) {
    this.wire = wire;
    this.limit = limit;
  }

  <Q, A> CompletableFuture<A> startRead(MethodDescriptor<Q, A> method, Q request) {
    return new Attempt<>(wire, method, request, new Patience(limit, false)).start();
  }

  <Q, A> CompletableFuture<A> startWrite(MethodDescriptor<Q, A> method, Q request) {
    return new Attempt<>(wire, method, request, new Patience(limit, true)).start();
  }

  /** For methods of which nodes know the numbers: put, delete range and transaction. */
  <Q, A> CompletableFuture<A> startNumbered(MethodDescriptor<Q, A> method, Q request) {
    return new NumberedAttempt<>(wire, method, request, limit).start();
  }

  <Q, A> A read(MethodDescriptor<Q, A> method, Q request) {
    return Waiting.on(startRead(method, request));
  }

  <Q, A> A write(MethodDescriptor<Q, A> method, Q request) {
    return Waiting.on(startWrite(method, request));
  }
}
