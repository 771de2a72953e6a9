package dev.trivet.lessor;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerErrors;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.LeasesGrpc;
import dev.trivet.proto.peer.RemainingRequest;
import dev.trivet.proto.peer.RemainingResponse;
import dev.trivet.proto.peer.RenewLeasesRequest;
import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A follower's calls to the leader about leases. They end when another node leads: a server that is
 * lost answers nothing.
 *
 * <p>Safe for any thread.
 */
final class LeaderLeases implements LeaderCalls {
  private static final long CALL_SECONDS = 5;

  private final PeerNetwork peers;
  private @Nullable Member leader;
  private Context.CancellableContext tenure = Context.ROOT.withCancellation();

  LeaderLeases(PeerNetwork peers) {
    this.peers = peers;
  }

  @Override
  public void follow(Member current) {
    var _ = of(current);
  }

  private synchronized Context of(Member current) {
    if (leader == null || leader.id() != current.id()) {
      tenure.cancel(null);
      tenure = Context.ROOT.withCancellation();
      leader = current;
    }
    return tenure;
  }

  @Override
  public CompletableFuture<long[]> renew(Member current, long[] ids) {
    RenewLeasesRequest.Builder request = RenewLeasesRequest.newBuilder();
    for (long id : ids) {
      request.addIds(id);
    }
    return call(current, stub -> stub.renew(request.build()))
        .thenApply(
            answer -> answer.getTtlSecondsList().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public CompletableFuture<Long> remainingMillis(Member current, long id) {
    return call(current, stub -> stub.remaining(RemainingRequest.newBuilder().setId(id).build()))
        .thenApply(RemainingResponse::getMillis);
  }

  private <T> CompletableFuture<T> call(
      Member current, Function<LeasesGrpc.LeasesFutureStub, ListenableFuture<T>> method) {
    CompletableFuture<T> result = new CompletableFuture<>();
    of(current)
        .run(
            () -> {
              LeasesGrpc.LeasesFutureStub stub =
                  LeasesGrpc.newFutureStub(peers.channel(current))
                      .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                      // What follows an answer never waits.
                      .withExecutor(MoreExecutors.directExecutor());
              Futures.addCallback(
                  method.apply(stub), into(current, result), MoreExecutors.directExecutor());
            });
    return result;
  }

  private static <T> FutureCallback<T> into(Member current, CompletableFuture<T> result) {
    return new FutureCallback<>() {
      @Override
      public void onSuccess(T value) {
        result.complete(value);
      }

      @Override
      public void onFailure(Throwable failure) {
        TrivetException there = PeerErrors.thrownThere(failure);
        result.completeExceptionally(
            there == null
                ? ErrorCode.UNREACHABLE.exception(
                    current.name() + " did not answer: " + failure.getMessage(), failure)
                : there);
      }
    };
  }
}
