package dev.trivet.client;

import dev.trivet.proto.api.AddMemberRequest;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.ClusterStatusRequest;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MembersResponse;
import dev.trivet.proto.api.PromoteMemberRequest;
import dev.trivet.proto.api.RemoveMemberRequest;
import dev.trivet.proto.api.TransferLeaderRequest;
import java.time.Duration;

/**
 * The members of the cluster: {@code trivet.v1.Admin}. All methods block and throw {@link
 * dev.trivet.errors.TrivetException}; a change that throws OUTCOME_UNKNOWN may have happened: look
 * at {@link #status()} before asking again. Each change answers with the members after it.
 */
public final class Cluster {
  /** A change of the members is committed by the old and by the new majority. */
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);

  /** A newcomer is a member when it has caught up: with many gigabytes that takes minutes. */
  private static final Duration ADD_LIMIT = Duration.ofHours(1);

  private final Attempts reads;
  private final Attempts changes;
  private final Attempts additions;

  Cluster(Wire wire) {
    this.reads = new Attempts(wire, TrivetClient.DEADLINE);
    this.changes = new Attempts(wire, CHANGE_LIMIT);
    this.additions = new Attempts(wire, ADD_LIMIT);
  }

  /** What the answering node knows of itself and of the others at this moment. */
  public ClusterStatusResponse status() {
    return reads.read(AdminGrpc.getStatusMethod(), ClusterStatusRequest.getDefaultInstance());
  }

  /**
   * Admits the waiting node of this name as a learner: it gets the data and has no vote. Answered
   * when it has caught up.
   */
  public MembersResponse add(String name) {
    return additions.write(
        AdminGrpc.getAddMemberMethod(), AddMemberRequest.newBuilder().setName(name).build());
  }

  /** Gives a learner that has caught up its vote. */
  public MembersResponse promote(String name) {
    return changes.write(
        AdminGrpc.getPromoteMemberMethod(),
        PromoteMemberRequest.newBuilder().setName(name).build());
  }

  /** Takes a member out; it can come back only as a new one. */
  public MembersResponse remove(String name) {
    return changes.write(
        AdminGrpc.getRemoveMemberMethod(), RemoveMemberRequest.newBuilder().setName(name).build());
  }

  /** Hands the leadership to the voter of this name. */
  public MembersResponse transferLeader(String name) {
    return changes.write(
        AdminGrpc.getTransferLeaderMethod(),
        TransferLeaderRequest.newBuilder().setName(name).build());
  }
}
