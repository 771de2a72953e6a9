package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's side of {@link Membership}. Each change names the configuration that it starts from
 * and is refused by Ratis when another came between. Safe for any thread.
 */
final class MembershipChanges implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipChanges.class);

  /** A learner this close behind the leader's commit index has caught up. */
  private static final long MAX_LAG_ENTRIES = 100;

  private static final long TRANSFER_MILLIS = 5_000;
  private static final long KNOWN_SECONDS = 10;
  private static final long KNOWN_LOOK_MILLIS = 20;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final Door door;

  /** A voter that has not answered for longer does not count as one that would agree. */
  private final long maxSilenceMillis;

  private final ClientId client = ClientId.randomId();
  private final AtomicLong lastCall = new AtomicLong();
  private final AtomicBoolean isChanging = new AtomicBoolean();
  private volatile List<Member> admitting = List.of();

  MembershipChanges(
      RaftServer server, RaftServer.Division division, Door door, ReplicaConfig config) {
    this.server = server;
    this.division = division;
    this.door = door;
    this.maxSilenceMillis = config.electionMax().toMillis();
  }

  @Override
  public List<Member> members() {
    return RaftPeers.members(division.getRaftConf());
  }

  @Override
  public List<Member> waiting() {
    RaftConfiguration known = division.getRaftConf();
    return door.visitors().stream()
        .filter(visitor -> !Belonging.includes(known, RaftPeers.id(visitor)))
        .toList();
  }

  @Override
  public List<Member> admitting() {
    return admitting;
  }

  @Override
  public CompletableFuture<Void> add(String name) {
    return knownThere(name, admit(name));
  }

  private CompletableFuture<Void> admit(String name) {
    return change(
        configuration -> {
          Member newcomer = door.visitor(name);
          if (newcomer == null) {
            throw ErrorCode.MEMBER_NOT_FOUND.exception(
                "no node named '%s' waits to be admitted; waiting: %s"
                    .formatted(name, waiting().stream().map(Member::name).toList()));
          }
          if (Belonging.includes(configuration, RaftPeers.id(newcomer))) {
            return null;
          }
          requireFreeAddresses(newcomer);
          Change change = new Change(configuration);
          change.without(name);
          change.learners.add(RaftPeers.peer(newcomer));
          // It must run Raft to catch up, and it learns so when it introduces itself again.
          admitting = List.of(newcomer);
          return change;
        });
  }

  @Override
  public CompletableFuture<Void> promote(String name) {
    return knownThere(name, makeVoter(name));
  }

  private CompletableFuture<Void> makeVoter(String name) {
    return change(
        configuration -> {
          requireNobodyWaits(name, configuration);
          if (find(configuration.getCurrentPeers(), name) != null) {
            return null;
          }
          RaftPeer learner = find(configuration.getCurrentPeers(RaftPeerRole.LISTENER), name);
          if (learner == null) {
            throw unknown(name);
          }
          requireCaughtUp(learner);
          Change change = new Change(configuration);
          change.without(name);
          change.voters.add(learner);
          return change;
        });
  }

  /**
   * A change is committed without the member that it is about. If the leader went away before that
   * one heard of it, it would neither vote nor stand, though it counts: so the change is done when
   * the member knows it. One that has not answered for long is not waited for.
   */
  private CompletableFuture<Void> knownThere(String name, CompletableFuture<Void> change) {
    return change.thenCompose(_ -> untilKnown(name, System.nanoTime()));
  }

  private CompletableFuture<Void> untilKnown(String name, long since) {
    RaftConfiguration configuration = division.getRaftConf();
    RaftPeer voter = find(configuration.getCurrentPeers(), name);
    RaftPeer member =
        voter == null ? find(configuration.getCurrentPeers(RaftPeerRole.LISTENER), name) : voter;
    if (member == null
        || !division.getInfo().isLeader()
        || commitOf(member) >= configuration.getLogEntryIndex()) {
      return CompletableFuture.completedFuture(null);
    }
    if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(KNOWN_SECONDS)) {
      LOG.warn(
          "{} has not heard in {} s that it is a member: if the leader goes away before, it cannot"
              + " vote",
          name,
          KNOWN_SECONDS);
      return CompletableFuture.completedFuture(null);
    }
    Executor later = CompletableFuture.delayedExecutor(KNOWN_LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return CompletableFuture.runAsync(() -> {}, later).thenCompose(_ -> untilKnown(name, since));
  }

  @Override
  public CompletableFuture<Void> remove(String name) {
    return change(
        configuration -> {
          Change change = new Change(configuration);
          if (!change.without(name)) {
            throw unknown(name);
          }
          return change;
        });
  }

  @Override
  public CompletableFuture<Void> transferLeadership(String name) {
    return exclusively(
        () -> {
          RaftPeer voter = find(division.getRaftConf().getCurrentPeers(), name);
          if (voter == null) {
            throw ErrorCode.BAD_LEADER_TRANSFEREE.exception();
          }
          return server.transferLeadershipAsync(
              new TransferLeadershipRequest(
                  client,
                  division.getId(),
                  division.getMemberId().getGroupId(),
                  lastCall.incrementAndGet(),
                  voter.getId(),
                  TRANSFER_MILLIS));
        });
  }

  /** Makes the next configuration of the one in force; null when it is as wanted already. */
  private interface Plan {
    @Nullable Change from(RaftConfiguration configuration);
  }

  private interface Request {
    @Nullable CompletableFuture<RaftClientReply> send() throws IOException;
  }

  private CompletableFuture<Void> change(Plan plan) {
    return exclusively(
        () -> {
          RaftConfiguration configuration = division.getRaftConf();
          Change change = plan.from(configuration);
          if (change == null) {
            return null;
          }
          requireMajorityAnswers(change);
          return server.setConfigurationAsync(
              new SetConfigurationRequest(
                  client,
                  division.getId(),
                  division.getMemberId().getGroupId(),
                  lastCall.incrementAndGet(),
                  change.arguments(configuration)));
        });
  }

  private CompletableFuture<Void> exclusively(Request request) {
    if (!division.getInfo().isLeader()) {
      return CompletableFuture.failedFuture(ErrorCode.NOT_LEADER.exception());
    }
    if (!isChanging.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          ErrorCode.TOO_MANY_REQUESTS.exception("another change of the members is under way"));
    }
    CompletableFuture<RaftClientReply> sent;
    try {
      sent = request.send();
    } catch (IOException | RuntimeException e) {
      ended();
      return CompletableFuture.failedFuture(MembershipFailures.notBegun(e));
    }
    if (sent == null) {
      ended();
      return CompletableFuture.completedFuture(null);
    }
    var _ = sent.whenComplete((_, _) -> ended());
    return Failures.unwrapped(
        sent.copy()
            .orTimeout(LONGEST_CHANGE.toSeconds(), TimeUnit.SECONDS)
            .handle(
                (reply, failure) -> {
                  Throwable cause =
                      failure == null ? reply.getException() : Failures.cause(failure);
                  if (cause != null) {
                    throw MembershipFailures.begun(cause);
                  }
                  return null;
                }));
  }

  private void ended() {
    admitting = List.of();
    isChanging.set(false);
  }

  /** A configuration in the making. */
  private static final class Change {
    private final List<RaftPeer> voters;
    private final List<RaftPeer> learners;

    Change(RaftConfiguration configuration) {
      voters = new ArrayList<>(configuration.getCurrentPeers());
      learners = new ArrayList<>(configuration.getCurrentPeers(RaftPeerRole.LISTENER));
    }

    /** Leaves a name out; false when it was not in. */
    boolean without(String name) {
      boolean wasVoter = voters.removeIf(peer -> RaftPeers.name(peer).equals(name));
      return learners.removeIf(peer -> RaftPeers.name(peer).equals(name)) || wasVoter;
    }

    SetConfigurationRequest.Arguments arguments(RaftConfiguration from) {
      return SetConfigurationRequest.Arguments.newBuilder()
          .setServersInNewConf(voters)
          .setListenersInNewConf(learners)
          .setServersInCurrentConf(List.copyOf(from.getCurrentPeers()))
          .setListenersInCurrentConf(List.copyOf(from.getCurrentPeers(RaftPeerRole.LISTENER)))
          .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
          .build();
    }
  }

  /** Otherwise a lost voter would be found to have its vote, and its successor be forgotten. */
  private void requireNobodyWaits(String name, RaftConfiguration configuration) {
    Member visitor = door.visitor(name);
    if (visitor != null && !Belonging.includes(configuration, RaftPeers.id(visitor))) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a node '%s' waits to be admitted: it gets the data first, by 'trivet cluster add %s'"
              .formatted(name, name));
    }
  }

  private void requireFreeAddresses(Member newcomer) {
    for (Member member : members()) {
      boolean isSamePlace =
          member.raftAddress().equals(newcomer.raftAddress())
              || member.peerAddress().equals(newcomer.peerAddress());
      if (isSamePlace && !member.name().equals(newcomer.name())) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "%s and %s have an address in common: %s and %s"
                .formatted(newcomer.name(), member.name(), newcomer, member));
      }
      if (member.name().equals(newcomer.name()) && RaftPeers.id(member).equals(division.getId())) {
        throw ErrorCode.INVALID_ARGUMENT.exception(
            "%s is this node, which lives: it cannot be replaced".formatted(newcomer.name()));
      }
    }
  }

  /**
   * Otherwise the change could begin and never end, and no write could be committed any more: both
   * the old and the new voters must agree to it.
   */
  private void requireMajorityAnswers(Change change) {
    if (change.voters.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the last voter cannot be removed");
    }
    Set<String> answering = new HashSet<>();
    answering.add(division.getId().toString());
    for (ServerRpcProto follower :
        division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
      if (follower.getLastRpcElapsedTimeMs() <= maxSilenceMillis) {
        answering.add(follower.getId().getId().toStringUtf8());
      }
    }
    List<String> silent = new ArrayList<>();
    for (RaftPeer voter : change.voters) {
      if (!answering.contains(voter.getId().toString())) {
        silent.add(RaftPeers.name(voter));
      }
    }
    if (2 * silent.size() >= change.voters.size()) {
      throw ErrorCode.UNREACHABLE.exception(
          "of the %d voters after this change %s do not answer, and a majority must: change another"
                  .formatted(change.voters.size(), silent)
              + " member first, or start them");
    }
  }

  /** It must also know that it was admitted: until then Ratis does not let it vote. */
  private void requireCaughtUp(RaftPeer learner) {
    long needed =
        Math.max(
            division.getRaftLog().getLastCommittedIndex() - MAX_LAG_ENTRIES,
            division.getRaftConf().getLogEntryIndex());
    if (commitOf(learner) < needed) {
      throw ErrorCode.LEARNER_NOT_READY.exception();
    }
  }

  /** The commit index that the member has told last; negative before it told one. */
  private long commitOf(RaftPeer member) {
    for (CommitInfoProto info : division.getCommitInfos()) {
      if (RaftPeerId.valueOf(info.getServer().getId()).equals(member.getId())) {
        return info.getCommitIndex();
      }
    }
    return -1;
  }

  private static @Nullable RaftPeer find(Iterable<RaftPeer> peers, String name) {
    for (RaftPeer peer : peers) {
      if (RaftPeers.name(peer).equals(name)) {
        return peer;
      }
    }
    return null;
  }

  private static TrivetException unknown(String name) {
    return ErrorCode.MEMBER_NOT_FOUND.exception("no member is named '" + name + "'");
  }
}
