package dev.trivet.api.etcd;

import dev.trivet.api.auth.Guard;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.KnownLeader;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.AlarmResponse;
import dev.trivet.proto.etcd.DefragmentRequest;
import dev.trivet.proto.etcd.DefragmentResponse;
import dev.trivet.proto.etcd.DowngradeInfo;
import dev.trivet.proto.etcd.DowngradeRequest;
import dev.trivet.proto.etcd.DowngradeResponse;
import dev.trivet.proto.etcd.HashKVRequest;
import dev.trivet.proto.etcd.HashKVResponse;
import dev.trivet.proto.etcd.HashRequest;
import dev.trivet.proto.etcd.HashResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.MoveLeaderResponse;
import dev.trivet.proto.etcd.SnapshotRequest;
import dev.trivet.proto.etcd.SnapshotResponse;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.KeyHash;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.util.regex.Pattern;

/**
 * etcd's service Maintenance, as far as its calls have a meaning here.
 *
 * <p>Source: etcd API reference, service Maintenance.
 */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
  /** The version of etcd whose API this is: clients read features out of it. */
  public static final String ETCD_VERSION = "3.5.16";

  /** What a member of etcd of that version says of its files. */
  private static final String STORAGE_VERSION = "3.5.0";

  private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+(\\.[0-9]+)?");

  private final CommandLog log;
  private final Membership membership;
  private final Store store;
  private final Member self;
  private final KnownLeader leader;
  private final Headers headers;
  private final Snapshots snapshots;
  private final long quotaBytes;
  private final Alarms alarms;
  private final HeavyWork work = new HeavyWork();
  private final Guard guard;

  /**
   * Of one node.
   *
   * @param quotaBytes what the store's live rows may take; 0: no quota
   */
  public MaintenanceService(
      CommandLog log,
      Membership membership,
      Store store,
      Member self,
      KnownLeader leader,
      Headers headers,
      Snapshots snapshots,
      long quotaBytes,
      Guard guard) {
    this.guard = guard;
    this.log = log;
    this.membership = membership;
    this.store = store;
    this.self = self;
    this.leader = leader;
    this.headers = headers;
    this.snapshots = snapshots;
    this.quotaBytes = quotaBytes;
    this.alarms = new Alarms(log, store);
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
            .setIsLearner(isLearner())
            .setStorageVersion(STORAGE_VERSION)
            .setDbSizeQuota(quotaBytes)
            .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
    if (known == null) {
      status.addErrors(ErrorCode.NO_LEADER.text());
    } else {
      status.setLeader(known.id());
    }
    return status.addAllErrors(alarms.errors()).build();
  }

  @Override
  public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getAction() != AlarmRequest.AlarmAction.GET) {
            guard.caller().requireRoot();
          }
          return AlarmResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllAlarms(alarms.run(request))
              .build();
        });
  }

  /**
   * Gives back what deleted and overwritten rows take. The store does so by itself; this does it
   * now, and for all of it.
   */
  @Override
  public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          work.share(store::reclaim);
          return DefragmentResponse.newBuilder().setHeader(headers.withoutRevision()).build();
        });
  }

  /**
   * Of everything that this node's log made, not of keys alone: equal on members that have applied
   * as much. Costs nothing, since it is kept.
   */
  @Override
  public void hash(HashRequest request, StreamObserver<HashResponse> observer) {
    Calls.answer(
        observer,
        () ->
            HashResponse.newBuilder()
                .setHeader(headers.of(revision()))
                .setHash(Long.hashCode(store.stateHash()))
                .build());
  }

  @Override
  public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> observer) {
    Calls.answer(observer, () -> work.alone(() -> hashKV(request.getRevision())));
  }

  private HashKVResponse hashKV(long revision) {
    try (ReadView view = store.view()) {
      KeyHash hash = KeyHash.of(view, revision);
      return HashKVResponse.newBuilder()
          .setHeader(headers.of(hash.currentRevision()))
          .setHash(hash.hash())
          .setCompactRevision(hash.compactedRevision())
          .setHashRevision(hash.revision())
          .build();
    }
  }

  /** There is no older format of the data that this version could write, and none is promised. */
  @Override
  public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          throw switch (request.getAction()) {
            case VALIDATE, ENABLE ->
                VERSION.matcher(request.getVersion()).matches()
                    ? ErrorCode.INVALID_DOWNGRADE_TARGET.exception()
                    : ErrorCode.WRONG_VERSION_FORMAT.exception();
            case CANCEL -> ErrorCode.NO_DOWNGRADE.exception();
            case UNRECOGNIZED ->
                ErrorCode.INVALID_ARGUMENT.exception("unknown action of a downgrade");
          };
        });
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
          if (request.getTargetID() != self.id()) {
            Calls.await(membership.transferLeadership(voter(request.getTargetID())));
          }
          return MoveLeaderResponse.newBuilder().setHeader(headers.withoutRevision()).build();
        });
  }

  private String voter(long id) {
    return membership.members().stream()
        .filter(member -> member.id() == id && member.role() == Member.Role.VOTER)
        .findFirst()
        .map(Member::name)
        .orElseThrow(ErrorCode.BAD_LEADER_TRANSFEREE::exception);
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
