package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.KnownLeader;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.AlarmMember;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.AlarmResponse;
import dev.trivet.proto.etcd.AlarmType;
import dev.trivet.proto.etcd.DefragmentRequest;
import dev.trivet.proto.etcd.DefragmentResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.MoveLeaderResponse;
import dev.trivet.proto.etcd.SnapshotRequest;
import dev.trivet.proto.etcd.SnapshotResponse;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.SpaceAlarm;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.alarms.SpaceAlarms;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * etcd's service Maintenance, as far as its calls have a meaning here.
 *
 * <p>Source: etcd API reference, service Maintenance.
 */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
  /** The version of etcd whose API this is: clients read features out of it. */
  public static final String ETCD_VERSION = "3.5.16";

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final Member self;
  private final KnownLeader leader;
  private final Headers headers;
  private final Snapshots snapshots;

  public MaintenanceService(
      CommandLog log,
      Membership membership,
      Store store,
      Member self,
      KnownLeader leader,
      Headers headers,
      Snapshots snapshots) {
    this.log = log;
    this.membership = membership;
    this.store = store;
    this.self = self;
    this.leader = leader;
    this.headers = headers;
    this.snapshots = snapshots;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Calls.answer(observer, this::status);
  }

  private StatusResponse status() {
    // Applied first: it must not be seen ahead of what is committed.
    long applied = Math.max(0, log.appliedIndex());
    Store.Size size = store.size();
    Member known = leader.leadership().leader();
    StatusResponse.Builder status =
        StatusResponse.newBuilder()
            .setHeader(headers.of(revision()))
            .setVersion(ETCD_VERSION)
            .setDbSize(size.total())
            .setDbSizeInUse(size.live())
            .setRaftIndex(Math.max(applied, log.committedIndex()))
            .setRaftAppliedIndex(applied)
            .setRaftTerm(leader.term())
            .setIsLearner(isLearner());
    if (known == null) {
      status.addErrors(ErrorCode.NO_LEADER.text());
    } else {
      status.setLeader(known.id());
    }
    for (AlarmMember alarm : alarms(AlarmRequest.getDefaultInstance())) {
      status.addErrors(
          "memberID:%s alarm:NOSPACE ".formatted(Long.toUnsignedString(alarm.getMemberID())));
    }
    return status.build();
  }

  /**
   * The members without space. Lowering one by hand is allowed as in etcd, but not needed: a member
   * raises and lowers its own by what it measures.
   */
  @Override
  public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getAction() == AlarmRequest.AlarmAction.ACTIVATE) {
            throw ErrorCode.UNIMPLEMENTED.exception("alarms cannot be raised by hand");
          }
          List<AlarmMember> alarms = alarms(request);
          if (request.getAction() == AlarmRequest.AlarmAction.DEACTIVATE) {
            alarms.forEach(this::lower);
          }
          return AlarmResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllAlarms(alarms)
              .build();
        });
  }

  /** The alarms that a request means; 0 stands for every member, NONE for every kind. */
  private List<AlarmMember> alarms(AlarmRequest request) {
    if (request.getAlarm() == AlarmType.CORRUPT) {
      return List.of();
    }
    try (ReadView view = store.view()) {
      return SpaceAlarms.members(view).stream()
          .filter(member -> request.getMemberID() == 0 || request.getMemberID() == member)
          .map(
              member ->
                  AlarmMember.newBuilder().setMemberID(member).setAlarm(AlarmType.NOSPACE).build())
          .toList();
    }
  }

  private void lower(AlarmMember alarm) {
    var _ =
        Calls.accepted(
            Calls.await(
                log.propose(
                    Command.newBuilder()
                        .setSpaceAlarm(SpaceAlarm.newBuilder().setMemberId(alarm.getMemberID()))
                        .build())));
  }

  /** Nothing to do: the store gives space back by itself. */
  @Override
  public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
    Calls.answer(
        observer,
        () -> DefragmentResponse.newBuilder().setHeader(headers.withoutRevision()).build());
  }

  @Override
  public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
    snapshots.stream(observer);
  }

  @Override
  public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (!log.leadership().isSelf()) {
            throw ErrorCode.NOT_LEADER.exception();
          }
          Calls.await(
              membership.transferLeadership(
                  ClusterService.nameOf(
                      membership, request.getTargetID(), ErrorCode.BAD_LEADER_TRANSFEREE)));
          return MoveLeaderResponse.newBuilder().setHeader(headers.withoutRevision()).build();
        });
  }

  private long revision() {
    try (ReadView view = store.view()) {
      return Counter.REVISION.in(view);
    }
  }

  private boolean isLearner() {
    return membership.members().stream()
        .anyMatch(member -> member.id() == self.id() && member.role() == Member.Role.LEARNER);
  }
}
