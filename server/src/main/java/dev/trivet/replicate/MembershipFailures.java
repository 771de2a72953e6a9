package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/** What Ratis says when a change of the members does not come about. */
final class MembershipFailures {
  private MembershipFailures() {}

  /** It was refused before anything was logged. */
  static TrivetException notBegun(Throwable cause) {
    return cause instanceof TrivetException known ? known : graded(cause, ErrorCode.STOPPING);
  }

  /** It may have been logged. */
  static TrivetException begun(Throwable cause) {
    return switch (cause) {
      case NotLeaderException _ ->
          ErrorCode.OUTCOME_UNKNOWN.exception("leadership was lost during the change", cause);
      case TimeoutException _ ->
          ErrorCode.DEADLINE_EXCEEDED.exception("the change of the members takes long", cause);
      default -> graded(cause, ErrorCode.OUTCOME_UNKNOWN);
    };
  }

  private static TrivetException graded(Throwable cause, ErrorCode otherwise) {
    ErrorCode code =
        switch (cause) {
          case NotLeaderException _ -> ErrorCode.NOT_LEADER;
          case LeaderNotReadyException _ -> ErrorCode.NO_LEADER;
          case LeaderSteppingDownException _ -> ErrorCode.NO_LEADER;
          case ReconfigurationInProgressException _ -> ErrorCode.TOO_MANY_REQUESTS;
          case ReconfigurationTimeoutException _ -> ErrorCode.UNREACHABLE;
          case SetConfigurationException _ -> ErrorCode.TOO_MANY_REQUESTS;
          case TransferLeadershipException _ -> ErrorCode.BAD_LEADER_TRANSFEREE;
          default -> otherwise;
        };
    return code == ErrorCode.BAD_LEADER_TRANSFEREE
        ? code.exception(code.text(), cause)
        : code.exception(String.valueOf(cause.getMessage()), cause);
  }
}
