package dev.trivet.chaos;

import dev.trivet.client.TrivetClient;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Which process leads, as the nodes say by etcd's API. */
final class Leaders {
  private static final long CALL_SECONDS = 3;

  private Leaders() {}

  /** The node that says of itself that it leads; the first node when none does. */
  static NodeProcess find(LocalCluster cluster) {
    return cluster.nodes().stream()
        .filter(
            node ->
                status(node)
                    .filter(status -> status.getLeader() == status.getHeader().getMemberId())
                    .isPresent())
        .findFirst()
        .orElse(cluster.nodes().getFirst());
  }

  /** What a node says of itself; empty when it does not answer. */
  static Optional<StatusResponse> status(NodeProcess node) {
    if (!node.isRunning()) {
      return Optional.empty();
    }
    try (TrivetClient client = TrivetClient.connect(List.of(node.endpoint()))) {
      return Optional.of(
          MaintenanceGrpc.newBlockingStub(client.channel())
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException _) {
      return Optional.empty();
    }
  }
}
