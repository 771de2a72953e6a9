package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.Member;
import dev.trivet.proto.etcd.MemberListRequest;
import dev.trivet.proto.etcd.MemberListResponse;
import dev.trivet.proto.etcd.MemberPromoteRequest;
import dev.trivet.proto.etcd.MemberPromoteResponse;
import dev.trivet.proto.etcd.MemberRemoveRequest;
import dev.trivet.proto.etcd.MemberRemoveResponse;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Function;

/**
 * etcd's service Cluster, as far as its calls have a meaning here: a member is admitted by name
 * through Trivet's own API, and its addresses are its own to tell.
 *
 * <p>Source: etcd API reference, service Cluster.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final CommandLog log;
  private final Membership membership;
  private final Headers headers;

  public ClusterService(CommandLog log, Membership membership, Headers headers) {
    this.log = log;
    this.membership = membership;
    this.headers = headers;
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getLinearizable()) {
            Calls.await(log.readBarrier());
          }
          return MemberListResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberRemove(
      MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Calls.await(membership.remove(name(request.getID())));
          return MemberRemoveResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberPromote(
      MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Calls.await(membership.promote(name(request.getID())));
          return MemberPromoteResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllMembers(members())
              .build();
        });
  }

  private String name(long id) {
    return nameOf(membership, id, ErrorCode.MEMBER_NOT_FOUND);
  }

  static String nameOf(Membership membership, long id, ErrorCode otherwise) {
    return membership.members().stream()
        .filter(member -> member.id() == id)
        .findFirst()
        .map(dev.trivet.peer.Member::name)
        .orElseThrow(otherwise::exception);
  }

  private List<Member> members() {
    Function<dev.trivet.peer.Member, Member> toEtcd =
        member ->
            Member.newBuilder()
                .setID(member.id())
                .setName(member.name())
                .addPeerURLs("http://" + member.peerAddress())
                .addClientURLs("http://" + member.clientAddress())
                .setIsLearner(member.role() == dev.trivet.peer.Member.Role.LEARNER)
                .build();
    return membership.members().stream().map(toEtcd).toList();
  }
}
