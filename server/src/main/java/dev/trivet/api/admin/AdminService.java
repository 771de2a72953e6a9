package dev.trivet.api.admin;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.TrivetException;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.api.AddMemberRequest;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.ClusterStatusRequest;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.proto.api.MembersResponse;
import dev.trivet.proto.api.PromoteMemberRequest;
import dev.trivet.proto.api.RemoveMemberRequest;
import dev.trivet.proto.api.RestoreRequest;
import dev.trivet.proto.api.RestoreResponse;
import dev.trivet.proto.api.TransferLeaderRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.proto.peer.NodesGrpc;
import dev.trivet.proto.peer.ObserveNodeRequest;
import dev.trivet.proto.peer.ObserveNodeResponse;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Leadership;
import dev.trivet.replicate.Membership;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.members.Places;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trivet's service Admin.
 *
 * <p>What it says of other nodes it has asked them for, all at once, each with a second to answer.
 */
public final class AdminService extends AdminGrpc.AdminImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);
  private static final long OBSERVE_SECONDS = 1;

  /** A change is committed by the old and by the new majority. */
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final ExtentStorage extents;
  private final PeerNetwork peers;
  private final About about;
  private final Guard guard;

  /**
   * What this node tells of itself.
   *
   * @param clusterId 16 hexadecimal digits
   */
  public record About(String clusterId, Member self, String version, InstantSource clock) {}

  public AdminService(
      CommandLog log,
      Membership membership,
      Store store,
      ExtentStorage extents,
      PeerNetwork peers,
      About about,
      Guard guard) {
    this.guard = guard;
    this.log = log;
    this.membership = membership;
    this.store = store;
    this.extents = extents;
    this.peers = peers;
    this.about = about;
  }

  @Override
  public void status(ClusterStatusRequest request, StreamObserver<ClusterStatusResponse> observer) {
    Calls.answer(observer, this::status);
  }

  private ClusterStatusResponse status() {
    List<MemberStatus> members = members();
    Leadership leadership = log.leadership();
    Member leader = leadership.leader();
    // Applied first: it must not be seen ahead of what is committed.
    long applied = Math.max(0, log.appliedIndex());
    return ClusterStatusResponse.newBuilder()
        .setClusterId(about.clusterId())
        .setAnsweringMember(about.self().name())
        .setLeader(leader == null ? "" : leader.name())
        .setTerm(leadership.term())
        .setAppliedIndex(applied)
        .setCommittedIndex(Math.max(applied, log.committedIndex()))
        .setRevision(revision())
        .setMissingExtents(extents.missingCount())
        .setClockMillis(about.clock().millis())
        .setVersion(about.version())
        .addAllMembers(members)
        .build();
  }

  @Override
  public void addMember(AddMemberRequest request, StreamObserver<MembersResponse> observer) {
    change(observer, Membership.LONGEST_CHANGE, () -> membership.add(request.getName()));
  }

  @Override
  public void promoteMember(
      PromoteMemberRequest request, StreamObserver<MembersResponse> observer) {
    change(observer, CHANGE_LIMIT, () -> membership.promote(request.getName()));
  }

  @Override
  public void removeMember(RemoveMemberRequest request, StreamObserver<MembersResponse> observer) {
    change(observer, CHANGE_LIMIT, () -> membership.remove(request.getName()));
  }

  @Override
  public void transferLeader(
      TransferLeaderRequest request, StreamObserver<MembersResponse> observer) {
    change(observer, CHANGE_LIMIT, () -> membership.transferLeadership(request.getName()));
  }

  /**
   * The state knows what may be restored, and takes a part again without harm. The end may turn
   * authentication on and come again: of that one the state judges who sends it.
   */
  @Override
  public void restore(RestoreRequest request, StreamObserver<RestoreResponse> observer) {
    if (!request.getPart().hasEnd()) {
      try {
        guard.caller().requireRoot();
      } catch (TrivetException refusal) {
        observer.onError(Statuses.of(refusal));
        return;
      }
    }
    Calls.answer(
        observer,
        log.propose(Command.newBuilder().setRestore(request.getPart()).build()),
        committed -> {
          var _ = Calls.accepted(committed);
          return RestoreResponse.getDefaultInstance();
        });
  }

  private interface Change {
    CompletableFuture<Void> begin();
  }

  private void change(StreamObserver<MembersResponse> observer, Duration limit, Change change) {
    Calls.answer(
        observer,
        () -> {
          Calls.await(change.begin(), limit);
          return MembersResponse.newBuilder().addAllMembers(members()).build();
        });
  }

  private List<MemberStatus> members() {
    List<Member> members = membership.members();
    Map<Long, ObserveNodeResponse> answers = observe(members);
    Member leader = log.leadership().leader();
    List<MemberStatus> all = new ArrayList<>();
    for (Member member : members) {
      MemberStatus.Builder status = describe(member, member.role().name());
      status.setIsLeader(leader != null && leader.id() == member.id());
      ObserveNodeResponse answer = answers.get(member.id());
      if (answer != null) {
        status
            .setIsReachable(true)
            .setAppliedIndex(answer.getAppliedIndex())
            .setMissingExtents(answer.getMissingExtents());
      }
      all.add(status.build());
    }
    membership.waiting().forEach(member -> all.add(describe(member, "WAITING").build()));
    try (ReadView view = store.view()) {
      Places.all(view).forEach(place -> all.add(describe(place)));
    }
    return all;
  }

  private static MemberStatus describe(PlaceRecord place) {
    return MemberStatus.newBuilder()
        .setMemberId(place.getId())
        .setRole("EXPECTED")
        .setPeerAddress(String.join(",", place.getAddressesList()))
        .build();
  }

  private static MemberStatus.Builder describe(Member member, String role) {
    return MemberStatus.newBuilder()
        .setName(member.name())
        .setIncarnation(member.incarnation())
        .setMemberId(member.id())
        .setRole(role)
        .setClientAddress(member.clientAddress())
        .setPeerAddress(member.peerAddress())
        .setRaftAddress(member.raftAddress());
  }

  /** By member id; those that do not answer in time are left out. */
  private Map<Long, ObserveNodeResponse> observe(List<Member> members) {
    Map<Long, ListenableFuture<ObserveNodeResponse>> asked = new HashMap<>();
    for (Member member : members) {
      if (member.id() == about.self().id()) {
        asked.put(
            member.id(),
            Futures.immediateFuture(
                ObserveNodeResponse.newBuilder()
                    .setAppliedIndex(Math.max(0, log.appliedIndex()))
                    .setMissingExtents(extents.missingCount())
                    .build()));
      } else {
        asked.put(
            member.id(),
            NodesGrpc.newFutureStub(peers.channel(member))
                .withDeadlineAfter(OBSERVE_SECONDS, TimeUnit.SECONDS)
                .observe(ObserveNodeRequest.getDefaultInstance()));
      }
    }
    Map<Long, ObserveNodeResponse> answers = new HashMap<>();
    asked.forEach(
        (id, answer) -> {
          ObserveNodeResponse value = valueOf(answer);
          if (value != null) {
            answers.put(id, value);
          }
        });
    return answers;
  }

  private static @Nullable ObserveNodeResponse valueOf(
      ListenableFuture<ObserveNodeResponse> asked) {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      LOG.debug("a member did not answer", e);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private long revision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }
}
