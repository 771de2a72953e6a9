package dev.trivet.extents;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerErrors;
import io.grpc.StatusException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Failures of blocking calls to other nodes, as {@link TrivetException}s. */
final class PeerAnswers {
  /** One step of a call. */
  @FunctionalInterface
  interface Step<T extends @Nullable Object> {
    T take() throws StatusException, TimeoutException, InterruptedException;
  }

  private PeerAnswers() {}

  /**
   * Takes a step.
   *
   * @throws TrivetException what the other node threw; {@code UNREACHABLE} when the call broke or
   *     nothing moved in time; {@code STOPPING} when this thread was interrupted
   */
  static <T extends @Nullable Object> T take(Member member, Step<T> step) {
    try {
      return step.take();
    } catch (StatusException e) {
      TrivetException there = PeerErrors.thrownThere(e);
      throw there != null
          ? there
          : ErrorCode.UNREACHABLE.exception(member.name() + ": " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw ErrorCode.UNREACHABLE.exception(member.name() + " hangs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
    }
  }
}
