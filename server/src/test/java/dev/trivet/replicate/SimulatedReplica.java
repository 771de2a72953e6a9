package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Batch;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.ObserveTermResponse;
import dev.trivet.state.StateMachine;
import dev.trivet.store.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Replica} on a model of Raft. Real: {@link GroupCommit} with its pace, {@link
 * ReplicatedState} with what it calls, {@link AppliedIndex}, {@link ReadBarriers}, {@link
 * SharedRound}, {@link EntryFormat}, {@link SteadyClock}. Modelled: Ratis, the calls between nodes,
 * and the few lines with which {@link Replica} joins these.
 *
 * <p>Belongs to the simulation's thread.
 */
public final class SimulatedReplica implements CommandLog {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  // Made once: ids cost, and nobody compares them.
  private static final ClientId CLIENT = ClientId.randomId();
  private static final RaftGroupId GROUP = RaftGroupId.randomId();

  /** The model of Raft, and of the calls to other nodes. */
  public interface Raft {
    long term();

    /** The term that a restart would find. */
    long writtenTerm();

    boolean isLeader();

    boolean isLeaderReady();

    long committedIndex();

    @Nullable Member leader();

    /** Puts an entry behind the log's last; this node leads. */
    LogPosition append(byte[] entry);

    /** Asks another node for its term. */
    CompletableFuture<Long> observeTerm(Member voter);

    /** Has another node propose a command as {@link SimulatedReplica#proposeHere} does. */
    CompletableFuture<Committed> forward(Member leader, Command command);

    /** Asks another node for {@link SimulatedReplica#confirmHere}. */
    CompletableFuture<Long> askBarrier(Member leader);
  }

  /** What Ratis keeps of an entry that this node appended, until it is applied. */
  private record Appended(
      long term, TransactionContext transaction, CompletableFuture<Void> reply) {}

  private final Member self;
  private final Raft raft;
  private final StateMachine state;
  private final List<AppliedListener> listeners;
  private final ReplicatedState replicated;
  private final AppliedIndex applied = new AppliedIndex();
  private final ReadBarriers barriers;
  private final GroupCommit groupCommit;
  private final Map<Long, Appended> appended = new HashMap<>();
  private final Map<Long, SharedRound<Long>> askedBarriers = new HashMap<>();
  private long lastCall;

  /**
   * @param stamps the wall clock, from which entries are stamped
   * @param nanos the monotonic clock
   */
  public SimulatedReplica(
      Member self,
      List<Member> members,
      Raft raft,
      StateMachine state,
      ReplicaObservers observers,
      ScheduledExecutorService network,
      InstantSource stamps,
      LongSupplier nanos) {
    this.self = self;
    this.raft = raft;
    this.state = state;
    this.listeners = observers.applied();
    this.replicated =
        new ReplicatedState(state, observers, new HashHistory(state.store()), applied, _ -> {});
    this.barriers = new ReadBarriers(new Voters(raft, self, members));
    this.groupCommit =
        new GroupCommit(
            this::append,
            network,
            new GroupCommit.Clocks(new SteadyClock(stamps, nanos), nanos),
            PATIENCE,
            observers.onFatal());
    LogPosition position = state.store().applied();
    if (position.index() >= 0) {
      replicated.notifyTermIndexUpdated(position.term(), position.index());
    }
    groupCommit.start();
  }

  @Override
  public CompletableFuture<Committed> propose(Command command) {
    Member leader = raft.leader();
    if (raft.isLeader()) {
      return groupCommit.propose(List.of(command)).getFirst();
    }
    if (leader == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    }
    return Failures.unwrapped(raft.forward(leader, command));
  }

  /** A command from another node. */
  public CompletableFuture<Committed> proposeHere(Command command) {
    return raft.isLeader()
        ? groupCommit.propose(List.of(command)).getFirst()
        : CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception());
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    Member leader = raft.leader();
    CompletableFuture<Long> confirmed;
    if (raft.isLeader()) {
      confirmed = barriers.confirm();
    } else if (leader == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    } else {
      confirmed =
          askedBarriers
              .computeIfAbsent(leader.id(), _ -> new SharedRound<>(() -> raft.askBarrier(leader)))
              .join();
    }
    return Failures.unwrapped(confirmed.thenCompose(applied::await));
  }

  /** The leader's barrier for another node. */
  public CompletableFuture<Long> confirmHere() {
    return barriers.confirm();
  }

  @Override
  public CompletableFuture<Long> confirmLeadership() {
    return Failures.unwrapped(barriers.confirm().thenCompose(applied::await));
  }

  @Override
  public Leadership leadership() {
    return new Leadership(
        raft.writtenTerm(), raft.leader(), raft.isLeader() && raft.isLeaderReady());
  }

  @Override
  public long committedIndex() {
    return raft.committedIndex();
  }

  @Override
  public long appliedIndex() {
    return applied.index();
  }

  private CompletableFuture<Void> append(LiveBatch batch, byte[] entry) {
    if (!raft.isLeader()) {
      return CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception());
    }
    long call = ++lastCall;
    replicated.offer(call, batch);
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(CLIENT)
            .setServerId(peerId(self))
            .setGroupId(GROUP)
            .setCallId(call)
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
            .setType(RaftClientRequest.writeRequestType())
            .build();
    TransactionContext transaction = replicated.startTransaction(request);
    CompletableFuture<Void> reply = new CompletableFuture<>();
    LogPosition position = raft.append(entry);
    var _ = transaction.initLogEntry(position.term(), position.index());
    appended.put(position.index(), new Appended(position.term(), transaction, reply));
    return Failures.unwrapped(
        reply.handle(
            (_, failure) -> {
              replicated.withdraw(call);
              if (failure != null) {
                throw Replica.graded(Failures.cause(failure), batch);
              }
              return null;
            }));
  }

  /** Raft hands over the next committed entry. */
  public void apply(LogPosition position, byte[] entry) {
    Appended own = appended.remove(position.index());
    boolean isOwn = own != null && own.term() == position.term();
    TransactionContext transaction =
        own != null && isOwn ? own.transaction() : received(position, entry);
    CompletableFuture<Message> done = replicated.applyTransaction(transaction);
    if (own != null && isOwn && done.isDone() && !done.isCompletedExceptionally()) {
      own.reply().complete(null);
    }
  }

  private TransactionContext received(LogPosition position, byte[] entry) {
    return TransactionContext.newBuilder()
        .setServerRole(RaftPeerRole.FOLLOWER)
        .setStateMachine(replicated)
        .setLogEntry(
            LogEntryProto.newBuilder()
                .setTerm(position.term())
                .setIndex(position.index())
                .setStateMachineLogEntry(
                    StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(entry)))
                .build())
        .build();
  }

  /** Raft hands over a committed entry of its own. */
  public void applyRaftsOwn(LogPosition position) {
    appended.remove(position.index());
    replicated.notifyTermIndexUpdated(position.term(), position.index());
  }

  /** This node leads no more: who waits for Raft's answer is told so, as Ratis does. */
  public void steppedDown() {
    NotLeaderException failure =
        new NotLeaderException(RaftGroupMemberId.valueOf(peerId(self), GROUP), null, List.of());
    List.copyOf(appended.values()).forEach(own -> own.reply().completeExceptionally(failure));
  }

  /** Entries from an index on are not in the log any more. */
  public void truncated(long fromIndex) {
    appended.keySet().removeIf(index -> index >= fromIndex);
  }

  /** A snapshot from another node takes the state's place. */
  public void install(LogPosition position, StateMachine.Replacement replacement)
      throws IOException {
    appended.clear();
    state.replaceRows(replacement);
    if (!state.store().applied().equals(position)) {
      throw new IOException(
          "the snapshot holds " + state.store().applied() + " and not " + position);
    }
    listeners.forEach(AppliedListener::onRestored);
    replicated.notifyTermIndexUpdated(position.term(), position.index());
  }

  /** The commands of an entry, for who looks on. */
  public static Batch decode(byte[] entry) {
    return EntryFormat.decode(java.nio.ByteBuffer.wrap(entry));
  }

  /** An entry with the same commands and another time. */
  public static byte[] restamped(byte[] entry, long millis) {
    return EntryFormat.encode(decode(entry).toBuilder().setTimeMillis(millis).build());
  }

  private static RaftPeerId peerId(Member member) {
    return RaftPeers.id(member);
  }

  /** The model's answers to the real barrier. */
  private static final class Voters implements Electorate {
    private final Raft raft;
    private final RaftPeerId self;
    private final Map<RaftPeerId, Member> members = new HashMap<>();
    private final RaftConfiguration configuration;

    Voters(Raft raft, Member self, List<Member> members) {
      this.raft = raft;
      this.self = peerId(self);
      List<RaftPeer> peers = new ArrayList<>();
      for (Member member : members) {
        this.members.put(peerId(member), member);
        peers.add(RaftPeer.newBuilder().setId(peerId(member)).build());
      }
      this.configuration = new Fixed(List.copyOf(peers));
    }

    @Override
    public RaftPeerId self() {
      return self;
    }

    @Override
    public long term() {
      return raft.term();
    }

    @Override
    public boolean isLeader() {
      return raft.isLeader();
    }

    @Override
    public boolean isLeaderReady() {
      return raft.isLeaderReady();
    }

    @Override
    public long committedIndex() {
      return raft.committedIndex();
    }

    @Override
    public RaftConfiguration configuration() {
      return configuration;
    }

    @Override
    public CompletableFuture<ObserveTermResponse> observeTerm(RaftPeer voter) {
      Member member = members.get(voter.getId());
      if (member == null) {
        throw new IllegalStateException("unknown voter " + voter);
      }
      return raft.observeTerm(member)
          .thenApply(
              term ->
                  ObserveTermResponse.newBuilder()
                      .setMember(voter.getId().toString())
                      .setTerm(term)
                      .build());
    }
  }

  private record Fixed(List<RaftPeer> peers) implements RaftConfiguration {
    @Override
    @SuppressWarnings("NullAway") // Ratis's own contract: null for an unknown one.
    public @Nullable RaftPeer getPeer(RaftPeerId id, RaftPeerRole... roles) {
      return peers.stream().filter(peer -> peer.getId().equals(id)).findFirst().orElse(null);
    }

    @Override
    public Collection<RaftPeer> getAllPeers(RaftPeerRole role) {
      return peers;
    }

    @Override
    public Collection<RaftPeer> getCurrentPeers(RaftPeerRole role) {
      return peers;
    }

    @Override
    public Collection<RaftPeer> getPreviousPeers(RaftPeerRole role) {
      return List.of();
    }

    @Override
    public long getLogEntryIndex() {
      return 0;
    }
  }
}
