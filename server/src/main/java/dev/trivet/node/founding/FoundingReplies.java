package dev.trivet.node.founding;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.FoundingGrpc;
import dev.trivet.proto.peer.IntroduceRequest;
import dev.trivet.proto.peer.IntroduceResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers strangers: who this node is, and which cluster it belongs to, if any. */
public final class FoundingReplies extends FoundingGrpc.FoundingImplBase {
  private final Supplier<Identity> identity;
  private final Supplier<List<Member>> members;
  private final Supplier<List<Member>> admitting;
  private final Consumer<Member> door;

  /**
   * @param members the configuration in force as this node knows it; empty while it knows none
   * @param admitting those whose admission this node has begun
   * @param door told of each stranger that calls
   */
  public FoundingReplies(
      Supplier<Identity> identity,
      Supplier<List<Member>> members,
      Supplier<List<Member>> admitting,
      Consumer<Member> door) {
    this.identity = identity;
    this.members = members;
    this.admitting = admitting;
    this.door = door;
  }

  @Override
  public void introduce(IntroduceRequest request, StreamObserver<IntroduceResponse> observer) {
    Member stranger;
    try {
      stranger = MemberForms.read(request.getSelf());
    } catch (IllegalArgumentException e) {
      observer.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    try {
      door.accept(stranger);
    } catch (TrivetException e) {
      observer.onError(PeerErrors.toStatus(e));
      return;
    }
    Identity own = identity.get();
    observer.onNext(
        IntroduceResponse.newBuilder()
            .setSelf(MemberForms.write(own.self()))
            .setClusterId(own.clusterId())
            .addAllFounders(MemberForms.writeAll(own.founders()))
            .addAllMembers(MemberForms.writeAll(members.get()))
            .addAllAdmitting(MemberForms.writeAll(admitting.get()))
            .build());
    observer.onCompleted();
  }
}
