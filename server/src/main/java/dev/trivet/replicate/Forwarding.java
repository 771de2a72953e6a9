package dev.trivet.replicate;

import com.google.common.util.concurrent.MoreExecutors;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.NetworkLoops;
import dev.trivet.peer.PeerErrors;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.PeersGrpc;
import dev.trivet.proto.peer.ProposeAnswer;
import dev.trivet.proto.peer.ProposeRequest;
import dev.trivet.proto.peer.ProposeResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands this node's commands to the leader. While some calls are under way the next one fills up:
 * an idle follower passes a command on at once, a busy one many in one call.
 *
 * <p>Safe for any thread.
 */
final class Forwarding {
  private static final int MAX_FORWARDED = 16_384;
  private static final int MAX_CALLS = 3;
  private static final int MAX_COMMANDS = 1_024;
  private static final int MAX_CALL_BYTES = 512 << 10;
  private static final long CALL_SECONDS = 10;

  private record Waiting(Command command, CompletableFuture<Committed> future) {}

  private final PeerNetwork peers;
  private final Tenures tenures;
  private final Executor network = NetworkLoops.one();
  private final Semaphore forwarded = new Semaphore(MAX_FORWARDED);
  private final Map<Long, Lane> lanes = new ConcurrentHashMap<>();

  Forwarding(PeerNetwork peers, Tenures tenures) {
    this.peers = peers;
    this.tenures = tenures;
  }

  /** Fails with {@code NOT_LEADER} when that node says so: then nothing was appended. */
  CompletableFuture<Committed> propose(Member leader, Command command) {
    if (!forwarded.tryAcquire()) {
      return CompletableFuture.failedFuture(ErrorCode.TOO_MANY_REQUESTS.exception());
    }
    CompletableFuture<Committed> future = new CompletableFuture<>();
    var _ = future.whenComplete((_, _) -> forwarded.release());
    lanes.computeIfAbsent(leader.id(), _ -> new Lane(leader)).add(new Waiting(command, future));
    return future;
  }

  /** What goes to one node, which was the leader when it was given here. */
  private final class Lane {
    private final Member leader;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int calls;

    Lane(Member leader) {
      this.leader = leader;
    }

    /** What arrived together is sent together, when the network's thread has read all of it. */
    void add(Waiting waiting) {
      boolean isFirst;
      synchronized (this) {
        isFirst = queue.isEmpty();
        queue.add(waiting);
      }
      if (isFirst) {
        network.execute(this::sendNext);
      }
    }

    private void sendNext() {
      List<Waiting> group;
      synchronized (this) {
        group = next();
      }
      send(group);
    }

    private void ended() {
      List<Waiting> group;
      synchronized (this) {
        calls--;
        group = next();
      }
      send(group);
    }

    /** The node may be gone: what waits here was never sent and can go to its successor. */
    private void failed() {
      List<Waiting> unsent;
      synchronized (this) {
        unsent = List.copyOf(queue);
        queue.clear();
      }
      if (!unsent.isEmpty()) {
        TrivetException gone =
            ErrorCode.NO_LEADER.exception(leader.name() + " did not take the command");
        unsent.forEach(waiting -> waiting.future().completeExceptionally(gone));
      }
      ended();
    }

    /** Empty when nothing waits or enough calls are under way. */
    private List<Waiting> next() {
      List<Waiting> group = new ArrayList<>();
      if (calls == MAX_CALLS) {
        return group;
      }
      int bytes = 0;
      while (!queue.isEmpty() && group.size() < MAX_COMMANDS) {
        bytes += queue.element().command().getSerializedSize();
        if (bytes > MAX_CALL_BYTES && !group.isEmpty()) {
          break;
        }
        group.add(queue.remove());
      }
      if (!group.isEmpty()) {
        calls++;
      }
      return group;
    }

    private void send(List<Waiting> group) {
      if (group.isEmpty()) {
        return;
      }
      ProposeRequest.Builder request = ProposeRequest.newBuilder();
      group.forEach(waiting -> request.addCommands(waiting.command()));
      Answers answers = new Answers(this, group);
      try {
        tenures
            .of(leader)
            .run(
                () ->
                    PeersGrpc.newStub(peers.channel(leader))
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        // What follows an answer never waits.
                        .withExecutor(MoreExecutors.directExecutor())
                        .propose(request.build(), answers));
      } catch (RuntimeException e) {
        // The channel is shut down, for instance.
        answers.onError(e);
      }
    }
  }

  /** The answers of one call, each of which names its command by its place. */
  private static final class Answers implements StreamObserver<ProposeResponse> {
    private final Lane lane;
    private final List<Waiting> group;

    Answers(Lane lane, List<Waiting> group) {
      this.lane = lane;
      this.group = group;
    }

    @Override
    public void onNext(ProposeResponse response) {
      for (ProposeAnswer answer : response.getAnswersList()) {
        CompletableFuture<Committed> future = group.get(answer.getPlace()).future();
        TrivetException refusal = refusal(answer);
        if (refusal == null) {
          future.complete(new Committed(answer.getIndex(), answer.getOutcome()));
        } else {
          future.completeExceptionally(refusal);
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      TrivetException there = PeerErrors.thrownThere(failure);
      fail(there == null ? onTheWay(failure) : there);
      lane.failed();
    }

    @Override
    public void onCompleted() {
      if (!group.stream().allMatch(waiting -> waiting.future().isDone())) {
        fail(ErrorCode.OUTCOME_UNKNOWN.exception("the leader's answer has a gap"));
      }
      lane.ended();
    }

    private void fail(TrivetException failure) {
      group.forEach(waiting -> waiting.future().completeExceptionally(failure));
    }

    private static @Nullable TrivetException refusal(ProposeAnswer answer) {
      return answer.getError().isEmpty()
          ? null
          : PeerErrors.named(answer.getError(), answer.getMessage());
    }

    private static TrivetException onTheWay(Throwable failure) {
      ErrorCode code =
          Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED
              ? ErrorCode.DEADLINE_EXCEEDED
              : ErrorCode.OUTCOME_UNKNOWN;
      return code.exception("the leader's answer did not arrive: " + failure.getMessage(), failure);
    }
  }
}
