package dev.trivet.api.edge;

import io.grpc.stub.StreamObserver;

/**
 * A stream of requests with one answer at its end. While a message is worked on, gRPC asks the
 * caller for no other one: a receiver that blocks holds the caller back, and at most one message is
 * in memory beyond HTTP/2's window.
 *
 * <p>Owned by the call: gRPC calls it one message at a time, each on some virtual thread.
 */
public final class RequestStream<Q, A> implements StreamObserver<Q> {
  private final Receiver<Q, A> receiver;
  private final StreamObserver<A> observer;
  private boolean isOver;

  private RequestStream(Receiver<Q, A> receiver, StreamObserver<A> observer) {
    this.receiver = receiver;
    this.observer = observer;
  }

  /**
   * What is done with the messages. May block; what it throws is the call's answer, and nothing but
   * {@link #close} is called after that.
   */
  public interface Receiver<Q, A> extends AutoCloseable {
    void accept(Q message);

    /** The caller has sent all. */
    A finish();

    /** Called once, at the end of the call, however it ends. */
    @Override
    void close();
  }

  /** What a client-streaming method returns. */
  public static <Q, A> StreamObserver<Q> into(Receiver<Q, A> receiver, StreamObserver<A> observer) {
    return new RequestStream<>(receiver, observer);
  }

  @Override
  public void onNext(Q message) {
    if (isOver) {
      return;
    }
    try {
      receiver.accept(message);
    } catch (RuntimeException e) {
      end();
      observer.onError(Statuses.of(e));
    }
  }

  @Override
  public void onCompleted() {
    if (isOver) {
      return;
    }
    isOver = true;
    try (receiver) {
      Calls.answer(observer, receiver::finish);
    }
  }

  /** The caller has gone. */
  @Override
  public void onError(Throwable thrown) {
    if (!isOver) {
      end();
    }
  }

  private void end() {
    isOver = true;
    receiver.close();
  }
}
