package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.Member;
import dev.trivet.proto.etcd.MemberAddRequest;
import dev.trivet.proto.etcd.MemberAddResponse;
import dev.trivet.proto.etcd.MemberListRequest;
import dev.trivet.proto.etcd.MemberListResponse;
import dev.trivet.proto.etcd.MemberPromoteRequest;
import dev.trivet.proto.etcd.MemberPromoteResponse;
import dev.trivet.proto.etcd.MemberRemoveRequest;
import dev.trivet.proto.etcd.MemberRemoveResponse;
import dev.trivet.proto.etcd.MemberUpdateRequest;
import dev.trivet.proto.etcd.MemberUpdateResponse;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * etcd's service Cluster. A node that starts with an empty folder waits at the door until it is
 * added; so here it is started first and added then, by the URL of its peer or Raft address, where
 * etcd has it the other way round. Every newcomer gets the data as a learner first, and one that is
 * not to stay a learner is promoted by the same call. A member's addresses are its own to tell.
 *
 * <p>Source: etcd API reference, service Cluster.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  /** As long as the change itself may take. */
  private static final Duration LONGEST_ADMISSION = Duration.ofMinutes(10);

  private static final long CATCH_UP_LOOK_MILLIS = 100;

  private final CommandLog log;
  private final Membership membership;
  private final Headers headers;
  private final Schemes schemes;

  public ClusterService(CommandLog log, Membership membership, Headers headers, Schemes schemes) {
    this.log = log;
    this.membership = membership;
    this.headers = headers;
    this.schemes = schemes;
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

  /** Waits until the newcomer has caught up, which takes its time with a large state. */
  @Override
  public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          String name = newcomer(PeerUrls.addresses(request.getPeerURLsList()), request);
          Calls.await(membership.add(name), LONGEST_ADMISSION);
          if (!request.getIsLearner()) {
            promote(name);
          }
          List<Member> members = members();
          return MemberAddResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .setMember(
                  members.stream()
                      .filter(member -> member.getName().equals(name))
                      .findFirst()
                      .orElseThrow(ErrorCode.MEMBER_NOT_FOUND::exception))
              .addAllMembers(members)
              .build();
        });
  }

  private String newcomer(List<String> addresses, MemberAddRequest request) {
    List<dev.trivet.peer.Member> members = membership.members();
    if (members.stream().anyMatch(member -> isAt(addresses, member))) {
      throw ErrorCode.PEER_URL_EXISTS.exception();
    }
    if (request.getIsLearner()
        && members.stream()
            .anyMatch(member -> member.role() == dev.trivet.peer.Member.Role.LEARNER)) {
      throw ErrorCode.TOO_MANY_LEARNERS.exception();
    }
    return membership.waiting().stream()
        .filter(visitor -> isAt(addresses, visitor))
        .map(dev.trivet.peer.Member::name)
        .findFirst()
        .orElseThrow(
            () ->
                ErrorCode.NO_NEWCOMER.exception(
                    "no node at %s waits to be admitted: start it first, with an empty folder"
                        .formatted(addresses)));
  }

  private static boolean isAt(List<String> addresses, dev.trivet.peer.Member member) {
    return addresses.contains(member.peerAddress()) || addresses.contains(member.raftAddress());
  }

  private void promote(String name) {
    long begin = System.nanoTime();
    while (true) {
      try {
        Calls.await(membership.promote(name));
        return;
      } catch (TrivetException e) {
        if (e.code() != ErrorCode.LEARNER_NOT_READY
            || System.nanoTime() - begin > Calls.LONGEST_WAIT.toNanos()) {
          throw e;
        }
      }
      try {
        Thread.sleep(CATCH_UP_LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ErrorCode.STOPPING.exception(ErrorCode.STOPPING.text(), e);
      }
    }
  }

  /** Only that nothing changes can be asked for: a member tells its addresses when it starts. */
  @Override
  public void memberUpdate(
      MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          List<String> addresses = PeerUrls.addresses(request.getPeerURLsList());
          dev.trivet.peer.Member member = member(request.getID());
          if (addresses.size() != 1 || !isAt(addresses, member)) {
            throw ErrorCode.UNIMPLEMENTED.exception(
                "a member's address is not changed from outside: %s is at %s"
                    .formatted(member.name(), member.peerAddress()));
          }
          return MemberUpdateResponse.newBuilder()
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
          Calls.await(membership.remove(member(request.getID()).name()));
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
          dev.trivet.peer.Member member = member(request.getID());
          if (member.role() != dev.trivet.peer.Member.Role.LEARNER) {
            throw ErrorCode.MEMBER_NOT_LEARNER.exception();
          }
          Calls.await(membership.promote(member.name()));
          return MemberPromoteResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .addAllMembers(members())
              .build();
        });
  }

  private dev.trivet.peer.Member member(long id) {
    return membership.members().stream()
        .filter(member -> member.id() == id)
        .findFirst()
        .orElseThrow(ErrorCode.MEMBER_NOT_FOUND::exception);
  }

  private List<Member> members() {
    Function<dev.trivet.peer.Member, Member> toEtcd =
        member ->
            Member.newBuilder()
                .setID(member.id())
                .setName(member.name())
                .addPeerURLs(schemes.peer() + "://" + member.peerAddress())
                .addClientURLs(schemes.client() + "://" + member.clientAddress())
                .setIsLearner(member.role() == dev.trivet.peer.Member.Role.LEARNER)
                .build();
    return membership.members().stream().map(toEtcd).toList();
  }
}
