package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.log.RequestId;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A write that may be sent again although it may have been applied: nodes know it by its number.
 *
 * <p>Invariant: once {@code mayBeApplied}, it fails only with what nodes answer to this very
 * number, or with OUTCOME_UNKNOWN: never with an error that says that nothing was applied.
 *
 * <p>One attempt gets half of the time: a node that stands still must not use up all of it. The
 * attempts follow each other, so the fields belong to one thread at a time.
 */
final class NumberedAttempt<Q, A> {
  private static final RangeRequest QUESTION =
      RangeRequest.newBuilder()
          .setKey(ByteString.copyFrom(new byte[1]))
          .setSerializable(true)
          .setKeysOnly(true)
          .build();

  private final Wire wire;
  private final MethodDescriptor<Q, A> method;
  private final Q request;
  private final Patience patience;
  private final long attemptMillis;
  private final CompletableFuture<A> result = new CompletableFuture<>();
  private @Nullable RequestId id;
  private boolean mayBeApplied;
  private boolean isRenewed;

  NumberedAttempt(Wire wire, MethodDescriptor<Q, A> method, Q request, Duration limit) {
    this.wire = wire;
    this.method = method;
    this.request = request;
    this.patience = new Patience(limit, true);
    this.attemptMillis = Math.max(1, limit.toMillis() / 2);
  }

  CompletableFuture<A> start() {
    id = wire.numbers().take();
    var _ =
        result.whenComplete(
            (_, _) -> {
              RequestId last = id;
              if (last != null) {
                wire.numbers().release(last);
              }
            });
    send();
    return result;
  }

  private void send() {
    if (result.isDone()) {
      return;
    }
    RequestId number = id;
    var call =
        OneCall.start(
            wire,
            method,
            request,
            true,
            number == null ? patience.deadline() : soon(),
            number == null ? null : number.toByteString(),
            answer -> {
              if (number != null && wire.promise().isGiven()) {
                wire.numbers().answered(number);
              }
              result.complete(answer);
            },
            error -> failed(number, error));
    CancelledCalls.follow(result, call);
  }

  private Deadline soon() {
    return patience.deadline().minimum(Deadline.after(attemptMillis, TimeUnit.MILLISECONDS));
  }

  private void failed(@Nullable RequestId number, TrivetException error) {
    switch (error.code()) {
      case OUTCOME_UNKNOWN, DEADLINE_EXCEEDED -> {
        mayBeApplied = true;
        if (number == null || patience.deadline().isExpired()) {
          fail(error);
        } else if (wire.promise().isGiven()) {
          again(ErrorCode.UNREACHABLE, error);
        } else {
          askWhetherItIsSafe(error);
        }
      }
      case REQUEST_FORGOTTEN -> {
        if (mayBeApplied || number == null) {
          fail(error);
        } else {
          // Nothing was applied: as another client it is a new request.
          wire.numbers().forgotten(number);
          wire.numbers().release(number);
          id = wire.numbers().take();
          again(ErrorCode.UNREACHABLE, error);
        }
      }
      case INVALID_AUTH_TOKEN, AUTH_REVISION_OLD, USER_EMPTY -> refused(number, error);
      default -> again(error.code(), error);
    }
  }

  /** Nothing was applied by the attempt that a node refused: once, another token may help. */
  private void refused(@Nullable RequestId number, TrivetException error) {
    if (isRenewed || !wire.tokens().areRefusedBy(error.code())) {
      fail(error);
      return;
    }
    isRenewed = true;
    if (number != null && !mayBeApplied) {
      // To the old number nodes may go on answering what they did.
      wire.numbers().release(number);
      id = wire.numbers().take();
    }
    again(ErrorCode.UNREACHABLE, error);
  }

  private void again(ErrorCode reason, TrivetException error) {
    OptionalLong pause = patience.pauseMillis(reason);
    if (pause.isEmpty() || wire.later(this::send, pause.getAsLong()) == null) {
      fail(error);
    }
  }

  /** Before the first answer nobody knows what kind of server this is. */
  private void askWhetherItIsSafe(TrivetException unknown) {
    var call =
        OneCall.start(
            wire,
            KVGrpc.getRangeMethod(),
            QUESTION,
            false,
            soon(),
            RequestId.getDefaultInstance().toByteString(),
            _ -> {
              if (wire.promise().isGiven()) {
                again(ErrorCode.UNREACHABLE, unknown);
              } else {
                fail(unknown);
              }
            },
            _ -> {
              OptionalLong pause = patience.pauseMillis(ErrorCode.UNREACHABLE);
              if (pause.isEmpty()
                  || wire.later(() -> askWhetherItIsSafe(unknown), pause.getAsLong()) == null) {
                fail(unknown);
              }
            });
    CancelledCalls.follow(result, call);
  }

  private void fail(TrivetException error) {
    result.completeExceptionally(
        mayBeApplied && !isAnswerToTheNumber(error.code())
            ? ErrorCode.OUTCOME_UNKNOWN.exception(
                "it may have been applied, and then: " + error.getMessage(), error)
            : error);
  }

  /** Refusals that the state remembers, or that follow from the request alone. */
  private static boolean isAnswerToTheNumber(ErrorCode code) {
    return switch (code) {
      case OUTCOME_UNKNOWN, ANSWER_FORGOTTEN, NO_SPACE -> true;
      default -> code.exitCode() == 2 || code.exitCode() == 3;
    };
  }
}
