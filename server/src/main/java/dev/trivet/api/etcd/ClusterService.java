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
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.KeepPlace;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Membership;
import dev.trivet.state.members.Places;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * etcd's service Cluster. A member can be added in etcd's order: then a {@link Places place} is
 * kept for it, and when its node is started the leader admits it ({@code node.Admissions}). Or its
 * node, which waits at the door with an empty folder, is started first and added then, by the URL
 * of its peer or Raft address. Every newcomer gets the data as a learner first, and one that is not
 * to stay a learner is promoted. A member's addresses are its own to tell.
 *
 * <p>Source: etcd API reference, service Cluster.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private static final long CATCH_UP_LOOK_MILLIS = 100;

  private final CommandLog log;
  private final Membership membership;
  private final Headers headers;
  private final Schemes schemes;
  private final Store store;
  private final RandomGenerator random;

  /**
   * @param random where ids of members come from whose nodes are not there
   */
  public ClusterService(
      CommandLog log,
      Membership membership,
      Store store,
      Headers headers,
      Schemes schemes,
      RandomGenerator random) {
    this.store = store;
    this.random = random;
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

  /** Waits, for a node that is there, until it has caught up: that may take its time. */
  @Override
  public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          List<String> addresses = PeerUrls.addresses(request.getPeerURLsList());
          Calls.await(log.readBarrier());
          requireFree(addresses);
          if (request.getIsLearner() && hasLearner()) {
            throw ErrorCode.TOO_MANY_LEARNERS.exception();
          }
          String waiting = waitingAt(addresses);
          Member added =
              waiting.isEmpty()
                  ? keepPlace(addresses, request.getIsLearner())
                  : admit(waiting, request.getIsLearner());
          return MemberAddResponse.newBuilder()
              .setHeader(headers.withoutRevision())
              .setMember(added)
              .addAllMembers(members())
              .build();
        });
  }

  private void requireFree(List<String> addresses) {
    boolean isTaken =
        membership.members().stream().anyMatch(member -> isAt(addresses, member))
            || places().stream()
                .anyMatch(place -> !Collections.disjoint(place.getAddressesList(), addresses));
    if (isTaken) {
      throw ErrorCode.PEER_URL_EXISTS.exception();
    }
  }

  private boolean hasLearner() {
    return membership.members().stream()
            .anyMatch(member -> member.role() == dev.trivet.peer.Member.Role.LEARNER)
        || places().stream().anyMatch(PlaceRecord::getIsLearner);
  }

  /** The name of a node at the door; empty when none is there. */
  private String waitingAt(List<String> addresses) {
    return membership.waiting().stream()
        .filter(visitor -> isAt(addresses, visitor))
        .map(dev.trivet.peer.Member::name)
        .findFirst()
        .orElse("");
  }

  private Member admit(String name, boolean isLearner) {
    Calls.await(membership.add(name), Membership.LONGEST_CHANGE);
    if (!isLearner) {
      promote(name);
    }
    return members().stream()
        .filter(member -> member.getName().equals(name))
        .findFirst()
        .orElseThrow(ErrorCode.MEMBER_NOT_FOUND::exception);
  }

  private Member keepPlace(List<String> addresses, boolean isLearner) {
    PlaceRecord place =
        PlaceRecord.newBuilder()
            .setId(random.nextLong() | 1)
            .addAllAddresses(addresses)
            .setIsLearner(isLearner)
            .build();
    propose(Command.newBuilder().setKeepPlace(KeepPlace.newBuilder().setPlace(place)));
    return unstarted(place);
  }

  /** Done when this node knows what was done. */
  private void propose(Command.Builder command) {
    var _ = Calls.accepted(Calls.await(log.propose(command.build())));
    Calls.await(log.readBarrier());
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

  /**
   * Of a member whose node was started only that nothing changes can be asked for: it tells its
   * addresses when it starts.
   */
  @Override
  public void memberUpdate(
      MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          List<String> addresses = PeerUrls.addresses(request.getPeerURLsList());
          if (place(request.getID()).isPresent()) {
            PlaceRecord place =
                PlaceRecord.newBuilder().setId(request.getID()).addAllAddresses(addresses).build();
            propose(
                Command.newBuilder()
                    .setKeepPlace(KeepPlace.newBuilder().setPlace(place).setIsChange(true)));
            return MemberUpdateResponse.newBuilder()
                .setHeader(headers.withoutRevision())
                .addAllMembers(members())
                .build();
          }
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
          if (place(request.getID()).isPresent()) {
            propose(
                Command.newBuilder()
                    .setGiveUpPlace(GiveUpPlace.newBuilder().setId(request.getID())));
          } else {
            Calls.await(membership.remove(member(request.getID()).name()));
          }
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
          if (place(request.getID()).isPresent()) {
            throw ErrorCode.LEARNER_NOT_READY.exception();
          }
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

  /** A place that was kept before this call, at whichever node. */
  private Optional<PlaceRecord> place(long id) {
    Calls.await(log.readBarrier());
    return places().stream().filter(place -> place.getId() == id).findFirst();
  }

  private List<PlaceRecord> places() {
    try (ReadView view = store.view()) {
      return Places.all(view);
    }
  }

  private List<Member> members() {
    return Stream.concat(
            membership.members().stream().map(this::started),
            places().stream().map(this::unstarted))
        .toList();
  }

  private Member started(dev.trivet.peer.Member member) {
    return Member.newBuilder()
        .setID(member.id())
        .setName(member.name())
        .addPeerURLs(schemes.peer() + "://" + member.peerAddress())
        .addClientURLs(schemes.client() + "://" + member.clientAddress())
        .setIsLearner(member.role() == dev.trivet.peer.Member.Role.LEARNER)
        .build();
  }

  /** As etcd shows a member that has not started: without a name and clients' addresses. */
  private Member unstarted(PlaceRecord place) {
    return Member.newBuilder()
        .setID(place.getId())
        .addAllPeerURLs(
            place.getAddressesList().stream()
                .map(address -> schemes.peer() + "://" + address)
                .toList())
        .setIsLearner(place.getIsLearner())
        .build();
  }
}
