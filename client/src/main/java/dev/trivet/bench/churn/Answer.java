package dev.trivet.bench.churn;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.trivet.bench.wire.Receiver;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Waits for the answer of a call that has one message.
 *
 * @param <A> the answer's type
 */
final class Answer<A extends MessageLite> implements Receiver {
  private final Parsing<A> parsing;
  private final Consumer<A> succeeded;
  private final Consumer<String> failed;
  private A answer;

  /** How an answer is read: a generated class's {@code parseFrom}. */
  interface Parsing<A> {
    A from(ByteBuffer bytes) throws InvalidProtocolBufferException;
  }

  /**
   * An answer that has not come.
   *
   * @param none what a call without a message has answered
   * @param failed given what broke; the call may have had its effect
   */
  Answer(A none, Parsing<A> parsing, Consumer<A> succeeded, Consumer<String> failed) {
    this.answer = none;
    this.parsing = parsing;
    this.succeeded = succeeded;
    this.failed = failed;
  }

  @Override
  public void message(ByteBuffer message) {
    try {
      answer = parsing.from(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer cannot be read", e);
    }
  }

  @Override
  public void ended(String failure) {
    if (failure.isEmpty()) {
      succeeded.accept(answer);
    } else {
      failed.accept(failure);
    }
  }
}
