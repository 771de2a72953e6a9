package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.NetworkLoops;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.AppendFrame;
import dev.trivet.proto.peer.ChangeMembersRequest;
import dev.trivet.proto.peer.StandingResponse;
import dev.trivet.state.StateMachine;
import dev.trivet.store.Folders;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * One node's replica of the log: Raft by Apache Ratis, group commit in front of it, the state
 * machine behind it.
 *
 * <p>Owns Ratis's threads and the thread {@code replica-watch}; the store and the network belong to
 * who made them and must outlive it.
 */
public final class Replica implements CommandLog, Membership, AutoCloseable {
  /** A proposal that is not applied by then fails. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ReplicaConfig config;
  private final RaftServer server;
  private final RaftServer.Division division;

  /** The same. The server's own method would wait for another thread to call this one. */
  private final RaftClientAsynchronousProtocol here;

  private final ReplicatedState replicated;
  private final AppliedIndex applied;
  private final HashHistory hashes;
  private final PeerCalls calls;
  private final ReadBarriers barriers;
  private final SteadyClock clock = new SteadyClock();
  private final GroupCommit groupCommit;
  private final Appenders appenders;
  private final ForwardedMembership membership;
  private final Belonging belonging;
  private final DigestComparison digests;
  private final LifeWatch watch;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong lastCall = new AtomicLong();

  /** What each write and each read asks for, and seldom changes. */
  private volatile @Nullable Leader lastLeader;

  private record Leader(RaftPeer peer, Member member) {}

  private Replica(
      ReplicaConfig config,
      RaftServer server,
      RaftServer.Division division,
      Behind behind,
      PeerNetwork peers,
      Door door,
      Duration watchEvery) {
    this.config = config;
    this.server = server;
    this.division = division;
    this.here = (RaftClientAsynchronousProtocol) division;
    this.replicated = behind.replicated;
    this.applied = behind.applied;
    this.hashes = behind.hashes;
    this.calls = new PeerCalls(peers);
    this.barriers = new ReadBarriers(new Electorate.OfRatis(division, calls));
    this.appenders = behind.appenders;
    this.groupCommit =
        new GroupCommit(
            this::append,
            NetworkLoops.one(),
            new GroupCommit.Clocks(clock, System::nanoTime),
            PATIENCE,
            replicated::failUnlessClosing);
    this.membership =
        new ForwardedMembership(
            new MembershipChanges(server, division, door, config),
            calls,
            this::leadership,
            this::readBarrier);
    this.belonging = new Belonging(division, peers, calls, config);
    this.digests =
        new DigestComparison(peers, calls, hashes, applied, replicated::failUnlessClosing);
    this.watch =
        new LifeWatch(
            server, division, belonging, digests, replicated::failUnlessClosing, watchEvery);
  }

  /** What stands behind Raft: the state machine, and who follows it. */
  private record Behind(
      ReplicatedState replicated, AppliedIndex applied, HashHistory hashes, Appenders appenders) {}

  /**
   * Starts the replica on what its folder holds.
   *
   * @param door where nodes introduce themselves that could be admitted
   * @throws IOException when the folder cannot be read or written, or belongs to other software
   */
  public static Replica start(
      ReplicaConfig config,
      StateMachine state,
      PeerNetwork peers,
      Door door,
      ReplicaObservers observers)
      throws IOException {
    return start(config, state, peers, door, observers, ReplicaPace.DEFAULT);
  }

  /**
   * Starts a replica whose members nobody changes or follows.
   *
   * @param onFatal see {@link ReplicaObservers}
   * @throws IOException when the folder cannot be read or written, or belongs to other software
   */
  public static Replica start(
      ReplicaConfig config,
      StateMachine state,
      List<AppliedListener> listeners,
      PeerNetwork peers,
      Consumer<Throwable> onFatal)
      throws IOException {
    return start(
        config, state, peers, new Door(), new ReplicaObservers(listeners, _ -> {}, onFatal));
  }

  static Replica start(
      ReplicaConfig config,
      StateMachine state,
      PeerNetwork peers,
      Door door,
      ReplicaObservers observers,
      ReplicaPace pace)
      throws IOException {
    RaftPassword.show(config.trust().secret());
    VoteCopy.check(config.dataDirectory());
    TornTail.cut(config.dataDirectory(), state.store().applied().index());
    AppliedIndex applied = new AppliedIndex();
    HashHistory hashes = new HashHistory(state.store());
    ReplicatedState replicated =
        new ReplicatedState(state, observers, hashes, applied, Folders::sync);
    RaftGroup group = RaftPeers.group(config.clusterId(), config.voters());
    Parameters parameters = new Parameters();
    var _ = parameters.put(GuardedRpc.VOTES, replicated.votes(), DurableVotes.class);
    var _ = parameters.put(GuardedRpc.ENTRIES, replicated.entries(), DurableEntries.class);
    Appenders appenders = new Appenders(peers);
    var _ = parameters.put(GuardedRpc.APPENDERS, appenders, Appenders.class);
    var _ = parameters.put(GuardedRpc.SNAPSHOTS, replicated.snapshots(), SnapshotFolders.class);
    LeaderLoss loss = new LeaderLoss(config.electionMin());
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, GuardedRpc.port(config.trust().secret(), loss));
    GuardedRpc.encrypt(parameters, config.trust());
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeers.id(config.self()))
            .setGroup(group)
            .setProperties(RaftSettings.of(config, pace))
            .setParameters(parameters)
            .setStateMachine(replicated)
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    server.start();
    Replica replica =
        new Replica(
            config,
            server,
            server.getDivision(group.getGroupId()),
            new Behind(replicated, applied, hashes, appenders),
            peers,
            door,
            pace.watchEvery());
    observers.membership().onMembers(replica.members());
    replicated.followLeader(() -> replica.calls.leaderChanged(() -> replica.leadership().leader()));
    loss.follow(server, replica.division);
    replica.groupCommit.start();
    replica.watch.start();
    return replica;
  }

  /** What this node answers to the others, for the peer port. */
  public BindableService peerService() {
    return new PeerReplies(this);
  }

  @Override
  public CompletableFuture<Committed> propose(Command command) {
    Member leader = leader();
    if (division.getInfo().isLeader()) {
      return groupCommit.propose(List.of(command)).getFirst();
    }
    if (leader == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    }
    return Failures.unwrapped(calls.propose(leader, command));
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    Member leader = leader();
    CompletableFuture<Long> confirmed;
    if (division.getInfo().isLeader()) {
      confirmed = barriers.confirm();
    } else if (leader == null) {
      return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
    } else {
      confirmed = calls.readBarrier(leader);
    }
    return Failures.unwrapped(confirmed.thenCompose(applied::await));
  }

  /** What entries are stamped with while this node leads. */
  public SteadyClock clock() {
    return clock;
  }

  @Override
  public CompletableFuture<Long> confirmLeadership() {
    return Failures.unwrapped(barriers.confirm().thenCompose(applied::await));
  }

  @Override
  public Leadership leadership() {
    DivisionInfo info = division.getInfo();
    long term = writtenTerm();
    return new Leadership(term, leader(), info.isLeader() && info.isLeaderReady());
  }

  @SuppressWarnings("ReferenceEquality") // Equal peers may have other addresses.
  private @Nullable Member leader() {
    RaftPeerId id = division.getInfo().getLeaderId();
    RaftPeer peer = id == null ? null : division.getRaftConf().getPeer(id);
    if (peer == null) {
      return null;
    }
    Leader known = lastLeader;
    if (known == null || known.peer != peer) {
      known = new Leader(peer, RaftPeers.member(peer, Member.Role.VOTER));
      lastLeader = known;
    }
    return known.member;
  }

  @Override
  public long committedIndex() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  @Override
  public long appliedIndex() {
    return applied.index();
  }

  /**
   * The newest term that is in a file, so that a restart does not take back what was told. Ratis
   * counts up in memory first.
   */
  private long writtenTerm() {
    try {
      return division.getRaftStorage().getMetadataFile().getMetadata().getTerm();
    } catch (IOException e) {
      throw new UncheckedIOException("the file of term and vote cannot be read", e);
    }
  }

  /** The newest term that this node has heard of. */
  long newestTerm() {
    return division.getInfo().getCurrentTerm();
  }

  @Override
  public List<Member> members() {
    return membership.members();
  }

  @Override
  public List<Member> waiting() {
    return membership.waiting();
  }

  @Override
  public List<Member> admitting() {
    return membership.admitting();
  }

  @Override
  public CompletableFuture<Void> add(String name) {
    return membership.add(name);
  }

  @Override
  public CompletableFuture<Void> promote(String name) {
    return membership.promote(name);
  }

  @Override
  public CompletableFuture<Void> remove(String name) {
    return membership.remove(name);
  }

  @Override
  public CompletableFuture<Void> transferLeadership(String name) {
    return membership.transferLeadership(name);
  }

  /** How often another member's state differed from this node's: more than 0 needs a person. */
  public long stateDifferences() {
    return digests.differences();
  }

  HashHistory hashes() {
    return hashes;
  }

  @Nullable StandingResponse standingOf(String id) {
    return belonging.standingOf(id);
  }

  /** Commands that came from another node, which takes this one for the leader. */
  List<CompletableFuture<Committed>> proposeHere(List<Command> commands) {
    if (division.getInfo().isLeader()) {
      return groupCommit.propose(commands);
    }
    return Collections.nCopies(
        commands.size(), CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception()));
  }

  CompletableFuture<Void> changeMembersHere(ChangeMembersRequest change) {
    return membership.changeHere(change);
  }

  /** The leader's barrier for another node, which waits for its own applied index. */
  CompletableFuture<Long> confirmHere() {
    return barriers.confirm().whenComplete((_, _) -> appenders.tellCommit());
  }

  /** A leader's stream of entries for this node. */
  StreamObserver<AppendFrame> append(StreamObserver<AppendFrame> answers) {
    return appenders.takeEntries(answers);
  }

  /** A leader's snapshot for this node. */
  StreamObserver<AppendFrame> installSnapshot(StreamObserver<AppendFrame> answers) {
    return appenders.takeSnapshot(answers);
  }

  String peerId() {
    return RaftPeers.id(config.self()).toString();
  }

  private CompletableFuture<Void> append(LiveBatch batch, byte[] entry) {
    long call = lastCall.incrementAndGet();
    RaftClientRequest request = request(call, UnsafeByteOperations.unsafeWrap(entry));
    replicated.offer(call, batch);
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = here.submitClientRequestAsync(request);
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

  private RaftClientRequest request(long call, ByteString content) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(division.getId())
        // Not by getGroup: while a learner becomes a voter it fails, since that one is named twice.
        .setGroupId(division.getMemberId().getGroupId())
        .setCallId(call)
        .setMessage(Message.valueOf(content))
        .setType(RaftClientRequest.writeRequestType())
        .build();
  }

  static TrivetException graded(Throwable cause, LiveBatch batch) {
    if (batch.isReached()) {
      return ErrorCode.OUTCOME_UNKNOWN.exception("the log said: " + cause.getMessage(), cause);
    }
    ErrorCode code =
        switch (cause) {
          case NotLeaderException _ -> ErrorCode.NOT_LEADER;
          case LeaderNotReadyException _ -> ErrorCode.NO_LEADER;
          case LeaderSteppingDownException _ -> ErrorCode.NO_LEADER;
          case ResourceUnavailableException _ -> ErrorCode.TOO_MANY_REQUESTS;
          default -> ErrorCode.STOPPING;
        };
    return code.exception(code.text(), cause);
  }

  /** Stops proposing, then Raft. What is in flight fails with {@code OUTCOME_UNKNOWN}. */
  @Override
  public void close() throws IOException {
    replicated.prepareToClose();
    watch.close();
    groupCommit.close();
    server.close();
    appenders.close();
    applied.close();
  }
}
