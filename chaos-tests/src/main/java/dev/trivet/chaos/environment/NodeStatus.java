package dev.trivet.chaos.environment;

import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What nodes say of themselves, by etcd's API. */
public final class NodeStatus {
  private static final long CALL_SECONDS = 3;

  private NodeStatus() {}

  /** What the node at an address says; empty when it does not answer. */
  public static Optional<StatusResponse> at(String endpoint) {
    try (TrivetClient client = TrivetClient.connect(List.of(endpoint))) {
      return Optional.of(
          MaintenanceGrpc.newBlockingStub(client.channel())
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }

  /** Whether a node says of itself that it leads. */
  public static boolean leads(StatusResponse status) {
    return status.getLeader() == status.getHeader().getMemberId();
  }
}
