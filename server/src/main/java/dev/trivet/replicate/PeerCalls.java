package dev.trivet.replicate;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerErrors;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.ChangeMembersRequest;
import dev.trivet.proto.peer.DigestRequest;
import dev.trivet.proto.peer.ObserveTermRequest;
import dev.trivet.proto.peer.ObserveTermResponse;
import dev.trivet.proto.peer.PeersGrpc;
import dev.trivet.proto.peer.ReadBarrierRequest;
import dev.trivet.proto.peer.ReadBarrierResponse;
import dev.trivet.proto.peer.StandingRequest;
import dev.trivet.proto.peer.StandingResponse;
import io.grpc.Context;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This node's calls of the other nodes' {@code Peers} service. Failures are TrivetExceptions. */
final class PeerCalls {
  private static final long BARRIER_SECONDS = 5;
  private static final long OBSERVE_SECONDS = 2;

  private final PeerNetwork peers;
  private final Tenures tenures = new Tenures();
  private final Forwarding forwarding;
  private final Map<Long, SharedRound<Long>> barriers = new ConcurrentHashMap<>();

  PeerCalls(PeerNetwork peers) {
    this.peers = peers;
    this.forwarding = new Forwarding(peers, tenures);
  }

  /** Another node leads: what was asked of its predecessor fails soon, if it is still open then. */
  void leaderChanged(Supplier<@Nullable Member> leader) {
    tenures.changed(leader);
  }

  CompletableFuture<Committed> propose(Member leader, Command command) {
    return forwarding.propose(leader, command);
  }

  /** Reads that wait while one call is under way share the next. */
  CompletableFuture<Long> readBarrier(Member leader) {
    return barriers
        .computeIfAbsent(leader.id(), _ -> new SharedRound<>(() -> askBarrier(leader)))
        .join();
  }

  private CompletableFuture<Long> askBarrier(Member leader) {
    return call(
            tenures.of(leader),
            () ->
                stub(leader, BARRIER_SECONDS).readBarrier(ReadBarrierRequest.getDefaultInstance()),
            failure -> unreachable(leader, failure))
        .thenApply(ReadBarrierResponse::getIndex);
  }

  CompletableFuture<ObserveTermResponse> observeTerm(Member member) {
    return call(
        () -> stub(member, OBSERVE_SECONDS).observeTerm(ObserveTermRequest.getDefaultInstance()),
        failure -> unreachable(member, failure));
  }

  /** Null when the member does not remember; index 0 asks for its latest. */
  CompletableFuture<HashHistory.@Nullable Digest> digest(Member member, long index) {
    return call(
            () ->
                stub(member, OBSERVE_SECONDS)
                    .digest(DigestRequest.newBuilder().setIndex(index).build()),
            failure -> unreachable(member, failure))
        .thenApply(
            answer ->
                answer.hasHash()
                    ? new HashHistory.Digest(answer.getIndex(), answer.getHash())
                    : null);
  }

  /** How a member sees the node of a peer id. */
  CompletableFuture<StandingResponse> standing(Member member, String id) {
    return call(
        () ->
            stub(member, OBSERVE_SECONDS)
                .standing(StandingRequest.newBuilder().setMember(id).build()),
        failure -> unreachable(member, failure));
  }

  /** Answered when the change is in force, or refused. */
  CompletableFuture<Void> changeMembers(
      Member leader, ChangeMembersRequest change, long longestSeconds) {
    return call(
            () -> stub(leader, longestSeconds).changeMembers(change),
            failure ->
                ErrorCode.OUTCOME_UNKNOWN.exception(
                    "%s did not say whether the members were changed: %s"
                        .formatted(leader.name(), failure.getMessage()),
                    failure))
        .thenApply(_ -> null);
  }

  private PeersGrpc.PeersFutureStub stub(Member member, long seconds) {
    return PeersGrpc.newFutureStub(peers.channel(member))
        .withDeadlineAfter(seconds, TimeUnit.SECONDS)
        // What follows an answer never waits.
        .withExecutor(MoreExecutors.directExecutor());
  }

  private static TrivetException unreachable(Member member, Throwable failure) {
    return ErrorCode.UNREACHABLE.exception(
        member.name() + " did not answer: " + failure.getMessage(), failure);
  }

  private static <T> CompletableFuture<T> call(
      Supplier<ListenableFuture<T>> start, Function<Throwable, TrivetException> onTheWay) {
    return call(Context.ROOT, start, onTheWay);
  }

  /** Makes a call whose start may already fail, for instance since the channel is shut down. */
  private static <T> CompletableFuture<T> call(
      Context life,
      Supplier<ListenableFuture<T>> start,
      Function<Throwable, TrivetException> onTheWay) {
    CompletableFuture<T> result = new CompletableFuture<>();
    ListenableFuture<T> started;
    try {
      started = Detached.start(life, start);
    } catch (RuntimeException e) {
      result.completeExceptionally(onTheWay.apply(e));
      return result;
    }
    Futures.addCallback(
        started,
        new FutureCallback<T>() {
          @Override
          public void onSuccess(T value) {
            result.complete(value);
          }

          @Override
          public void onFailure(Throwable failure) {
            TrivetException there = PeerErrors.thrownThere(failure);
            result.completeExceptionally(there == null ? onTheWay.apply(failure) : there);
          }
        },
        MoreExecutors.directExecutor());
    return result;
  }
}
