package dev.trivet.replicate;

import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.ObserveTermRequest;
import dev.trivet.proto.peer.ObserveTermResponse;
import dev.trivet.proto.peer.PeersGrpc;
import dev.trivet.proto.peer.ProposeRequest;
import dev.trivet.proto.peer.ProposeResponse;
import dev.trivet.proto.peer.ReadBarrierRequest;
import dev.trivet.proto.peer.ReadBarrierResponse;
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
            .setTerm(replica.leadership().term())
            .setMember(replica.peerId())
            .build();
    reply(CompletableFuture.completedFuture(answer), observer);
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    reply(
        replica
            .proposeHere(request.getCommand())
            .thenApply(
                committed ->
                    ProposeResponse.newBuilder()
                        .setIndex(committed.index())
                        .setOutcome(committed.outcome())
                        .build()),
        observer);
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
