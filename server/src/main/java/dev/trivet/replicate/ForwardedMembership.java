package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.peer.ChangeMembersRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Changes of the members at any node: made here by the leader, handed to it by the others, which
 * then wait until they know the change themselves.
 */
final class ForwardedMembership implements Membership {
  private final MembershipChanges here;
  private final PeerCalls calls;
  private final Supplier<Leadership> leadership;
  private final Supplier<CompletableFuture<Long>> barrier;

  /**
   * @param barrier done when this node has applied what was committed before
   */
  ForwardedMembership(
      MembershipChanges here,
      PeerCalls calls,
      Supplier<Leadership> leadership,
      Supplier<CompletableFuture<Long>> barrier) {
    this.here = here;
    this.calls = calls;
    this.leadership = leadership;
    this.barrier = barrier;
  }

  @Override
  public List<Member> members() {
    return here.members();
  }

  @Override
  public List<Member> waiting() {
    return here.waiting();
  }

  @Override
  public List<Member> admitting() {
    return here.admitting();
  }

  @Override
  public CompletableFuture<Void> add(String name) {
    return change(ChangeMembersRequest.newBuilder().setAdd(name).build());
  }

  @Override
  public CompletableFuture<Void> promote(String name) {
    return change(ChangeMembersRequest.newBuilder().setPromote(name).build());
  }

  @Override
  public CompletableFuture<Void> remove(String name) {
    return change(ChangeMembersRequest.newBuilder().setRemove(name).build());
  }

  @Override
  public CompletableFuture<Void> transferLeadership(String name) {
    return change(ChangeMembersRequest.newBuilder().setTransferLeadership(name).build());
  }

  private CompletableFuture<Void> change(ChangeMembersRequest request) {
    Leadership now = leadership.get();
    if (now.isSelf()) {
      return changeHere(request);
    }
    Member leader = now.leader();
    return leader == null
        ? CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception())
        : calls
            .changeMembers(leader, request, LONGEST_CHANGE.toSeconds())
            .thenCompose(_ -> seenHere());
  }

  /**
   * The change is made, whatever comes: who was removed, for instance, gets no barrier any more.
   */
  private CompletableFuture<Void> seenHere() {
    return barrier.get().handle((_, _) -> null);
  }

  /** What another node has handed over, which takes this one for the leader. */
  CompletableFuture<Void> changeHere(ChangeMembersRequest request) {
    return switch (request.getChangeCase()) {
      case ADD -> here.add(request.getAdd());
      case PROMOTE -> here.promote(request.getPromote());
      case REMOVE -> here.remove(request.getRemove());
      case TRANSFER_LEADERSHIP -> here.transferLeadership(request.getTransferLeadership());
      case CHANGE_NOT_SET ->
          CompletableFuture.failedFuture(
              ErrorCode.UNIMPLEMENTED.exception("a change of the members of a later version"));
    };
  }
}
