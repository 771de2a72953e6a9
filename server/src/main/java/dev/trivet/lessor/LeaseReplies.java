package dev.trivet.lessor;

import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.LeasesGrpc;
import dev.trivet.proto.peer.RemainingRequest;
import dev.trivet.proto.peer.RemainingResponse;
import dev.trivet.proto.peer.RenewLeasesRequest;
import dev.trivet.proto.peer.RenewLeasesResponse;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** What the leader answers the others about leases. A call is never passed on. */
final class LeaseReplies extends LeasesGrpc.LeasesImplBase {
  private final Lessor lessor;

  LeaseReplies(Lessor lessor) {
    this.lessor = lessor;
  }

  @Override
  public void renew(RenewLeasesRequest request, StreamObserver<RenewLeasesResponse> observer) {
    long[] ids = request.getIdsList().stream().mapToLong(Long::longValue).toArray();
    reply(
        lessor
            .renewHere(ids)
            .thenApply(
                seconds ->
                    RenewLeasesResponse.newBuilder()
                        .addAllTtlSeconds(Arrays.stream(seconds).boxed().toList())
                        .build()),
        observer);
  }

  @Override
  public void remaining(RemainingRequest request, StreamObserver<RemainingResponse> observer) {
    reply(
        lessor
            .remainingHere(request.getId())
            .thenApply(millis -> RemainingResponse.newBuilder().setMillis(millis).build()),
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
