package dev.trivet.chaos.environment;

import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.HashKVRequest;
import dev.trivet.proto.etcd.HashKVResponse;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What nodes say of themselves, by etcd's API. */
public final class NodeStatus {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private NodeStatus() {}

  /** What the node at an address says; empty when it does not answer. */
  public static Optional<StatusResponse> at(String endpoint) {
    return ask(endpoint, PATIENCE, stub -> stub.status(StatusRequest.getDefaultInstance()));
  }

  /**
   * The hash of the keys that the node at an address has at a revision, 0 for its newest; empty
   * when it does not answer within the patience, or does not have that revision.
   */
  public static Optional<HashKVResponse> hash(String endpoint, long revision, Duration patience) {
    HashKVRequest question = HashKVRequest.newBuilder().setRevision(revision).build();
    return ask(endpoint, patience, stub -> stub.hashKV(question));
  }

  private static <A> Optional<A> ask(
      String endpoint,
      Duration patience,
      Function<MaintenanceGrpc.MaintenanceBlockingStub, A> question) {
    try (TrivetClient client = TrivetClient.connect(List.of(endpoint))) {
      return Optional.of(
          question.apply(
              MaintenanceGrpc.newBlockingStub(client.channel()).withDeadlineAfter(patience)));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }

  /** Whether a node says of itself that it leads. */
  public static boolean leads(StatusResponse status) {
    return status.getLeader() == status.getHeader().getMemberId();
  }
}
