package dev.trivet.api.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.OpenPort;
import dev.trivet.api.QuietLog;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.replicate.Leadership;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Puts that fail, while the leadership is what a test says. */
@Timeout(60)
final class FailureTextsTest {
  private static final Member SELF = member("n1");
  private static final Member OTHER = member("n2");
  private static final Leadership OF_OTHER = new Leadership(5, OTHER, false);
  private static final Leadership OF_SELF = new Leadership(5, SELF, true);

  private volatile Leadership now = OF_OTHER;
  private volatile Leadership atEnd = OF_OTHER;
  private volatile ErrorCode failure = ErrorCode.OUTCOME_UNKNOWN;
  private final KnownLeader leader = new KnownLeader(new ToldLog());
  private final OpenPort port;
  private final ManagedChannel channel;

  /** Says who leads as the test says. */
  private final class ToldLog extends QuietLog {
    @Override
    public Leadership leadership() {
      return now;
    }
  }

  private final class FailingPuts extends KVGrpc.KVImplBase {
    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
      now = atEnd;
      await().until(() -> leader.leadership().equals(atEnd));
      observer.onError(Statuses.of(failure.exception()));
    }
  }

  FailureTextsTest() throws IOException {
    port = OpenPort.of(List.of(new FailingPuts()), List.of(new FailureTexts(leader)));
    channel = port.channel();
  }

  @AfterEach
  void stop() {
    port.close();
  }

  @Test
  void aCallThatTimedOutWhileAnotherLeaderCameSaysSo() {
    assertThat(text(OF_OTHER, new Leadership(6, SELF, true), ErrorCode.OUTCOME_UNKNOWN))
        .isEqualTo("etcdserver: request timed out, possibly due to previous leader failure");
  }

  @Test
  void aCallThatTimedOutAtALeaderThatHearsNobodySaysSo() {
    assertThat(text(OF_SELF, OF_SELF, ErrorCode.OUTCOME_UNKNOWN))
        .isEqualTo("etcdserver: request timed out, possibly due to connection lost");
  }

  @Test
  void aCallThatTimedOutForNoKnownReasonSaysNoMore() {
    assertThat(text(OF_OTHER, OF_OTHER, ErrorCode.OUTCOME_UNKNOWN))
        .isEqualTo("etcdserver: request timed out");
    assertThat(text(OF_OTHER, new Leadership(6, null, false), ErrorCode.OUTCOME_UNKNOWN))
        .isEqualTo("etcdserver: request timed out");
  }

  @Test
  void aCallThatFoundNoLeaderSaysWhetherThereIsOneNow() {
    assertThat(text(OF_OTHER, new Leadership(6, OTHER, false), ErrorCode.NO_LEADER))
        .isEqualTo("etcdserver: leader changed");
    assertThat(text(OF_OTHER, new Leadership(6, null, false), ErrorCode.NO_LEADER))
        .isEqualTo("etcdserver: no leader");
  }

  @Test
  void otherFailuresAreLeftAsTheyAre() {
    assertThat(text(OF_OTHER, new Leadership(6, OTHER, false), ErrorCode.STOPPING))
        .isEqualTo("etcdserver: server stopped");
  }

  private String text(Leadership begin, Leadership end, ErrorCode code) {
    now = begin;
    await().until(() -> leader.leadership().equals(begin));
    atEnd = end;
    failure = code;
    StatusRuntimeException failed =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> KVGrpc.newBlockingStub(channel).put(PutRequest.getDefaultInstance()));
    return String.valueOf(failed.getStatus().getDescription());
  }

  private static Member member(String name) {
    return new Member(
        name, "000000000000000" + name.charAt(1), "h:1", "h:2", "h:3", Member.Role.VOTER);
  }
}
