package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.AppendFrame;
import dev.trivet.proto.peer.ChangeMembersRequest;
import dev.trivet.proto.peer.ChangeMembersResponse;
import dev.trivet.proto.peer.DigestRequest;
import dev.trivet.proto.peer.DigestResponse;
import dev.trivet.proto.peer.ObserveTermRequest;
import dev.trivet.proto.peer.ObserveTermResponse;
import dev.trivet.proto.peer.PeersGrpc;
import dev.trivet.proto.peer.ProposeRequest;
import dev.trivet.proto.peer.ProposeResponse;
import dev.trivet.proto.peer.ReadBarrierRequest;
import dev.trivet.proto.peer.ReadBarrierResponse;
import dev.trivet.proto.peer.StandingRequest;
import dev.trivet.proto.peer.StandingResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** What this node answers to the others. A call is never passed on: its caller asked the leader. */
final class PeerReplies extends PeersGrpc.PeersImplBase {
  private final Replica replica;

  PeerReplies(Replica replica) {
    this.replica = replica;
  }

  @Override
  public void observeTerm(
      ObserveTermRequest request, StreamObserver<ObserveTermResponse> observer) {
    ObserveTermResponse answer =
        ObserveTermResponse.newBuilder()
            .setTerm(replica.newestTerm())
            .setMember(replica.peerId())
            .build();
    reply(CompletableFuture.completedFuture(answer), observer);
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    ForwardedGroup.propose(request.getCommandsList(), replica::proposeHere, observer);
  }

  @Override
  public StreamObserver<AppendFrame> append(StreamObserver<AppendFrame> observer) {
    return replica.append(observer);
  }

  @Override
  public StreamObserver<AppendFrame> installSnapshot(StreamObserver<AppendFrame> observer) {
    return replica.installSnapshot(observer);
  }

  @Override
  public void readBarrier(
      ReadBarrierRequest request, StreamObserver<ReadBarrierResponse> observer) {
    reply(
        replica
            .confirmHere()
            .thenApply(index -> ReadBarrierResponse.newBuilder().setIndex(index).build()),
        observer);
  }

  @Override
  public void digest(DigestRequest request, StreamObserver<DigestResponse> observer) {
    HashHistory hashes = replica.hashes();
    HashHistory.Digest digest =
        request.getIndex() == 0 ? hashes.latest() : hashes.at(request.getIndex());
    DigestResponse.Builder answer = DigestResponse.newBuilder().setIndex(request.getIndex());
    if (digest != null && digest.index() >= 0) {
      answer.setIndex(digest.index()).setHash(digest.hash());
    }
    reply(CompletableFuture.completedFuture(answer.build()), observer);
  }

  @Override
  public void standing(StandingRequest request, StreamObserver<StandingResponse> observer) {
    StandingResponse answer = replica.standingOf(request.getMember());
    reply(
        answer == null
            ? CompletableFuture.failedFuture(
                ErrorCode.NO_LEADER.exception("a change of the members is not committed yet"))
            : CompletableFuture.completedFuture(answer),
        observer);
  }

  @Override
  public void changeMembers(
      ChangeMembersRequest request, StreamObserver<ChangeMembersResponse> observer) {
    reply(
        replica
            .changeMembersHere(request)
            .thenApply(_ -> ChangeMembersResponse.getDefaultInstance()),
        observer);
  }

  private static <T> void reply(CompletableFuture<T> answer, StreamObserver<T> observer) {
    var _ =
        answer.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                observer.onNext(value);
                observer.onCompleted();
              } else {
                observer.onError(PeerErrors.toStatus(failure));
              }
            });
  }
}
