package dev.trivet.api.edge;

import dev.trivet.errors.ErrorCode;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of replies, written by a virtual thread of its own and never faster than the caller
 * reads: of what was sent and not yet taken, at most one message beyond gRPC's own threshold (32
 * KiB) is in memory.
 *
 * <p>gRPC tells that it is ready on the thread that runs the method, so the method itself must not
 * wait for it.
 */
public final class ReplyStream<A> {
  /** A caller that takes nothing for so long is cut off. */
  private static final long STALLED_MINUTES = 5;

  private final ServerCallStreamObserver<A> observer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean isCancelled;

  private ReplyStream(ServerCallStreamObserver<A> observer) {
    this.observer = observer;
  }

  /** Writes the replies; returning ends the stream, throwing fails it. */
  @FunctionalInterface
  public interface Writer<A> {
    void writeTo(ReplyStream<A> replies);
  }

  /**
   * Begins the stream and returns at once. To be called in the method that gRPC calls, where the
   * call's handlers may still be set.
   */
  public static <A> void begin(StreamObserver<A> observer, Writer<A> writer) {
    ServerCallStreamObserver<A> call = (ServerCallStreamObserver<A>) observer;
    ReplyStream<A> replies = new ReplyStream<>(call);
    call.setOnReadyHandler(replies::wake);
    call.setOnCancelHandler(replies::cancel);
    var _ =
        Thread.ofVirtual()
            .name("reply-stream")
            .start(Context.current().wrap(() -> replies.run(writer)));
  }

  /**
   * Sends one message; waits while the caller is slower.
   *
   * @throws CancellationException when the caller has gone: the writer need not catch it
   * @throws dev.trivet.errors.TrivetException {@code DEADLINE_EXCEEDED} when the caller has taken
   *     nothing for five minutes
   */
  public void send(A reply) {
    lock.lock();
    try {
      long nanos = TimeUnit.MINUTES.toNanos(STALLED_MINUTES);
      while (!isCancelled && !observer.isReady()) {
        nanos = changed.awaitNanos(nanos);
        if (nanos <= 0) {
          throw ErrorCode.DEADLINE_EXCEEDED.exception(
              "the caller has read nothing for " + STALLED_MINUTES + " minutes");
        }
      }
      if (isCancelled) {
        throw new CancellationException("the caller has gone");
      }
      observer.onNext(reply);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    } finally {
      lock.unlock();
    }
  }

  private void run(Writer<A> writer) {
    try {
      writer.writeTo(this);
    } catch (CancellationException _) {
      return;
    } catch (RuntimeException e) {
      observer.onError(Statuses.of(e));
      return;
    }
    observer.onCompleted();
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void cancel() {
    lock.lock();
    try {
      isCancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
