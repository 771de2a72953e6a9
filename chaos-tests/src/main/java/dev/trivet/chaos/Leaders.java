package dev.trivet.chaos;

import dev.trivet.client.TrivetClient;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which process leads, as the nodes say by etcd's API. */
final class Leaders {
  private static final long CALL_SECONDS = 3;

  private Leaders() {}

  /** The node that says of itself that it leads; the first node when none does. */
  static NodeProcess find(LocalCluster cluster) {
    for (NodeProcess node : cluster.nodes()) {
      if (node.isRunning() && leads(node)) {
        return node;
      }
    }
    return cluster.nodes().getFirst();
  }

  private static boolean leads(NodeProcess node) {
    try (TrivetClient client = TrivetClient.connect(List.of(node.endpoint()))) {
      StatusResponse status =
          MaintenanceGrpc.newBlockingStub(client.channel())
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance());
      return status.getLeader() == status.getHeader().getMemberId();
    } catch (io.grpc.StatusRuntimeException _) {
      return false;
    }
  }
}
