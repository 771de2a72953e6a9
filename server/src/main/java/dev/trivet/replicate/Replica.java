package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.log.Command;
import dev.trivet.state.StateMachine;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One node's replica of the log: Raft by Apache Ratis, group commit in front of it, the state
 * machine behind it.
 *
 * <p>Owns Ratis's threads and the thread {@code group-commit}; the store and the network belong to
 * who made them and must outlive it.
 */
public final class Replica implements CommandLog, AutoCloseable {
  /** A snapshot costs a flush of all tables; the log between two is replayed after a crash. */
  private static final long SNAPSHOT_EVERY_ENTRIES = 20_000;

  private final ReplicaConfig config;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final ReplicatedState replicated;
  private final AppliedIndex applied;
  private final PeerCalls calls;
  private final ReadBarriers barriers;
  private final GroupCommit groupCommit;
  private final CommitNews commitNews;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong lastCall = new AtomicLong();

  private Replica(
      ReplicaConfig config,
      RaftServer server,
      RaftServer.Division division,
      ReplicatedState replicated,
      AppliedIndex applied,
      PeerNetwork peers) {
    this.config = config;
    this.server = server;
    this.division = division;
    this.replicated = replicated;
    this.applied = applied;
    this.calls = new PeerCalls(peers);
    this.barriers = new ReadBarriers(division, calls);
    this.commitNews = new CommitNews(this::sendHeartbeats);
    this.groupCommit = new GroupCommit(this::append, InstantSource.system());
  }

  /**
   * Starts the replica on what its folder holds.
   *
   * @param onFatal told when going on would be wrong: the process must stop; may be called more
   *     than once and from any thread
   * @throws IOException when the folder cannot be read or written, or belongs to other software
   */
  public static Replica start(
      ReplicaConfig config,
      StateMachine state,
      List<AppliedListener> listeners,
      PeerNetwork peers,
      Consumer<Throwable> onFatal)
      throws IOException {
    return start(config, state, listeners, peers, onFatal, SNAPSHOT_EVERY_ENTRIES);
  }

  static Replica start(
      ReplicaConfig config,
      StateMachine state,
      List<AppliedListener> listeners,
      PeerNetwork peers,
      Consumer<Throwable> onFatal,
      long snapshotEveryEntries)
      throws IOException {
    AppliedIndex applied = new AppliedIndex();
    ReplicatedState replicated = new ReplicatedState(state, listeners, applied, onFatal);
    RaftGroup group = RaftPeers.group(config.clusterId(), config.voters());
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeers.id(config.self()))
            .setGroup(group)
            .setProperties(RaftSettings.of(config, snapshotEveryEntries))
            .setStateMachine(replicated)
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    server.start();
    Replica replica =
        new Replica(
            config, server, server.getDivision(group.getGroupId()), replicated, applied, peers);
    replica.groupCommit.start();
    replica.commitNews.start();
    return replica;
  }

  /** What this node answers to the others, for the peer port. */
  public BindableService peerService() {
    return new PeerReplies(this);
  }

  @Override
  public CompletableFuture<Committed> propose(Command command) {
    Leadership known = leadership();
    if (division.getInfo().isLeader()) {
      return groupCommit.propose(command);
    }
    if (known.leader() == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    }
    return Failures.unwrapped(calls.propose(known.leader(), command));
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    Leadership known = leadership();
    CompletableFuture<Long> confirmed;
    if (division.getInfo().isLeader()) {
      confirmed = barriers.confirm();
    } else if (known.leader() == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    } else {
      confirmed = calls.readBarrier(known.leader());
    }
    return Failures.unwrapped(confirmed.thenCompose(applied::await));
  }

  @Override
  public Leadership leadership() {
    DivisionInfo info = division.getInfo();
    long term = info.getCurrentTerm();
    RaftPeerId id = info.getLeaderId();
    RaftPeer leader = id == null ? null : division.getRaftConf().getPeer(id);
    return new Leadership(
        term,
        leader == null ? null : RaftPeers.member(leader, Member.Role.VOTER),
        info.isLeader() && info.isLeaderReady());
  }

  @Override
  public long committedIndex() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  /** A command that came from another node, which takes this one for the leader. */
  CompletableFuture<Committed> proposeHere(Command command) {
    return division.getInfo().isLeader()
        ? groupCommit.propose(command)
        : CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception());
  }

  /** The leader's barrier for another node, which waits for its own applied index. */
  CompletableFuture<Long> confirmHere() {
    return barriers.confirm().whenComplete((_, _) -> commitNews.tell());
  }

  String peerId() {
    return RaftPeers.id(config.self()).toString();
  }

  private CompletableFuture<Void> append(LiveBatch batch, byte[] entry) {
    long call = lastCall.incrementAndGet();
    RaftClientRequest request =
        request(call, RaftClientRequest.writeRequestType(), UnsafeByteOperations.unsafeWrap(entry));
    replicated.offer(call, batch);
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = server.submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    return Failures.unwrapped(
        reply.handle(
            (answer, failure) -> {
              replicated.withdraw(call);
              Throwable cause = failure == null ? answer.getException() : Failures.cause(failure);
              if (cause != null) {
                throw graded(cause, batch);
              }
              return null;
            }));
  }

  private void sendHeartbeats() throws IOException {
    var _ =
        server.submitClientRequestAsync(
            request(
                lastCall.incrementAndGet(), RaftClientRequest.readRequestType(), ByteString.EMPTY));
  }

  private RaftClientRequest request(long call, RaftClientRequest.Type type, ByteString content) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(division.getId())
        .setGroupId(division.getGroup().getGroupId())
        .setCallId(call)
        .setMessage(Message.valueOf(content))
        .setType(type)
        .build();
  }

  private static TrivetException graded(Throwable cause, LiveBatch batch) {
    if (batch.isReached()) {
      return ErrorCode.OUTCOME_UNKNOWN.exception("the log said: " + cause.getMessage(), cause);
    }
    ErrorCode code =
        switch (cause) {
          case NotLeaderException _ -> ErrorCode.NOT_LEADER;
          case LeaderNotReadyException _ -> ErrorCode.NO_LEADER;
          case ResourceUnavailableException _ -> ErrorCode.TOO_MANY_REQUESTS;
          default -> ErrorCode.STOPPING;
        };
    return code.exception(code.text(), cause);
  }

  /** Stops proposing, then Raft. What is in flight fails with {@code OUTCOME_UNKNOWN}. */
  @Override
  public void close() throws IOException {
    replicated.prepareToClose();
    groupCommit.close();
    commitNews.close();
    server.close();
    applied.close();
  }
}
