package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One unary call: one attempt, one answer or one error. */
final class OneCall<A> implements StreamObserver<A> {
  private final Departure departure = new Departure();
  private final boolean isWrite;
  private final Consumer<A> onAnswer;
  private final Consumer<TrivetException> onError;
  private @Nullable A answer;

  private OneCall(boolean isWrite, Consumer<A> onAnswer, Consumer<TrivetException> onError) {
    this.isWrite = isWrite;
    this.onAnswer = onAnswer;
    this.onError = onError;
  }

  /**
   * Starts it. One of the functions is called once, by a thread of the connection.
   *
   * @param number what is sent as the request's number; null: nothing
   * @param onError gets OUTCOME_UNKNOWN when a write may have been applied
   */
  static <Q, A> ClientCall<Q, A> start(
      Wire wire,
      MethodDescriptor<Q, A> method,
      Q request,
      boolean isWrite,
      Deadline deadline,
      @Nullable ByteString number,
      Consumer<A> onAnswer,
      Consumer<TrivetException> onError) {
    OneCall<A> observer = new OneCall<>(isWrite, onAnswer, onError);
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadline(deadline)
            .withOption(CallRules.NUMBER, number == null ? CallRules.NO_NUMBER : number)
            .withStreamTracerFactory(observer.departure);
    ClientCall<Q, A> call = wire.channel().newCall(method, options);
    ClientCalls.asyncUnaryCall(call, request, observer);
    return call;
  }

  @Override
  public void onNext(A value) {
    answer = value;
  }

  @Override
  public void onError(Throwable failure) {
    if (!(failure instanceof StatusRuntimeException status)) {
      onError.accept(ErrorCode.INTERNAL.exception(failure.toString(), failure));
      return;
    }
    boolean hasLeft = departure.mayHaveLeft();
    TrivetException error = Failures.of(status, isWrite && hasLeft);
    onError.accept(
        error.code() == ErrorCode.DEADLINE_EXCEEDED && !hasLeft
            ? ErrorCode.UNREACHABLE.exception("no node took the request in time", error)
            : error);
  }

  @Override
  public void onCompleted() {
    A value = answer;
    if (value == null) {
      onError.accept(ErrorCode.INTERNAL.exception("a node ended a call without an answer"));
    } else {
      onAnswer.accept(value);
    }
  }
}
