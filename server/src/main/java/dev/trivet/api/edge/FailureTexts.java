package dev.trivet.api.edge;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.EtcdTexts;
import dev.trivet.replicate.Leadership;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Says why a call found no leader or was not answered in time, in etcd's words, by who leads when
 * it begins and when it ends. The row of the error, and what a caller may assume, stay the same.
 *
 * <table>
 * <caption>Texts</caption>
 * <tr><td>no leader</td><td>there is one at the end, of a later term</td>
 *     <td>leader changed</td></tr>
 * <tr><td>request timed out</td><td>the same</td>
 *     <td>..., possibly due to previous leader failure</td></tr>
 * <tr><td>request timed out</td><td>this node has led all the time: it waits for the others</td>
 *     <td>..., possibly due to connection lost</td></tr>
 * </table>
 */
public final class FailureTexts implements ServerInterceptor {
  private final KnownLeader leader;

  public FailureTexts(KnownLeader leader) {
    this.leader = leader;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(new WordedCall<>(call, leader), headers);
  }

  private static final class WordedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final KnownLeader leader;
    private final long termBefore;

    WordedCall(ServerCall<Q, A> call, KnownLeader leader) {
      super(call);
      this.leader = leader;
      this.termBefore = leader.term();
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(status.getCode() == Status.Code.UNAVAILABLE ? worded(status) : status, trailers);
    }

    private Status worded(Status status) {
      Leadership now = leader.leadership();
      boolean isLaterLed = now.leader() != null && now.term() > termBefore;
      String text = status.getDescription();
      if (ErrorCode.NO_LEADER.text().equals(text) && isLaterLed) {
        return status.withDescription(EtcdTexts.LEADER_CHANGED);
      }
      if (!ErrorCode.OUTCOME_UNKNOWN.text().equals(text)) {
        return status;
      }
      if (isLaterLed) {
        return status.withDescription(EtcdTexts.TIMED_OUT_WITH_LEADER);
      }
      return now.isSelf() && now.term() == termBefore
          ? status.withDescription(EtcdTexts.TIMED_OUT_WITH_CONNECTION)
          : status;
    }
  }
}
