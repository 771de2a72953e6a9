package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One streamed call, for a caller that blocks. Sending waits until the connection takes more;
 * receiving asks for the next message only when one was taken, so at most {@link #WINDOW} messages
 * lie here: whatever the size of a blob, memory is bounded on this side.
 *
 * <p>Invariant: {@code asked - taken <= WINDOW}. The fields are guarded by the lock; gRPC's threads
 * fill, one caller's thread empties.
 */
final class ByteCall<Q, A> implements AutoCloseable {
  /** Messages that the other side may send ahead; with 256 KiB each this is 2 MiB. */
  private static final int WINDOW = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<A> arrived = new ArrayDeque<>(WINDOW);
  private final ClientCall<Q, A> call;
  private final Departure departure = new Departure();
  private final Duration stallLimit;
  private final boolean sendsOneMessage;
  private @Nullable Status end;
  private Metadata trailers = new Metadata();

  /**
   * @param stallLimit how long nothing may move before the call is given up
   */
  ByteCall(Channel channel, MethodDescriptor<Q, A> method, Duration stallLimit) {
    this.stallLimit = stallLimit;
    this.sendsOneMessage = method.getType().clientSendsOneMessage();
    this.call = channel.newCall(method, CallOptions.DEFAULT.withStreamTracerFactory(departure));
  }

  void start() {
    call.start(new Arrivals(), new Metadata());
    call.request(WINDOW);
  }

  /**
   * Sends one message when the connection takes it.
   *
   * @return false if the other side ended the call: {@link #receive} tells how
   */
  boolean send(Q message) {
    // gRPC tells nobody when a call becomes ready that sends one message: that one just goes.
    if (!sendsOneMessage) {
      await(() -> end != null || call.isReady(), "take more bytes", false);
    }
    if (hasEnded()) {
      return false;
    }
    call.sendMessage(message);
    return true;
  }

  /** Nothing more will be sent. */
  void halfClose() {
    call.halfClose();
  }

  /**
   * The next message, or null at the call's good end.
   *
   * @param mayHaveApplied whether a call that fails now may have changed something
   * @throws TrivetException as {@link Failures} grades the call's end
   */
  @Nullable A receive(boolean mayHaveApplied) {
    await(() -> end != null || !arrived.isEmpty(), "answer", mayHaveApplied);
    A next;
    Status status;
    lock.lock();
    try {
      next = arrived.poll();
      status = end;
    } finally {
      lock.unlock();
    }
    if (next != null) {
      call.request(1);
      return next;
    }
    if (status == null || status.isOk()) {
      return null;
    }
    throw Failures.of(
        status.asRuntimeException(trailers), mayHaveApplied && departure.mayHaveLeft());
  }

  /** Ends the call if it still runs. */
  @Override
  public void close() {
    call.cancel("the caller is done", null);
  }

  private boolean hasEnded() {
    lock.lock();
    try {
      return end != null;
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier condition, String what, boolean mayHaveApplied) {
    long left = stallLimit.toNanos();
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          call.cancel("stalled", null);
          ErrorCode code = mayHaveApplied ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.UNREACHABLE;
          throw code.exception(
              "no node did " + what + " for " + stallLimit.toMillis() + " ms, which is the limit");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.cancel("interrupted", e);
      throw ErrorCode.OUTCOME_UNKNOWN.exception("interrupted while waiting for a node", e);
    } finally {
      lock.unlock();
    }
  }

  /** Called by gRPC, one call at a time. */
  private final class Arrivals extends ClientCall.Listener<A> {
    @Override
    public void onMessage(A message) {
      lock.lock();
      try {
        arrived.add(message);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onReady() {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onClose(Status status, Metadata closing) {
      lock.lock();
      try {
        trailers = closing;
        end = status;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
