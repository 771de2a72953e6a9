package dev.trivet.bench;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.function.Function;

/** Finds the endpoint at which the leader answers. */
public final class LeaderOnly {
  private LeaderOnly() {}

  /**
   * The leader's endpoint among these, as the members say it by etcd's Status.
   *
   * @param connect makes a client of one endpoint
   * @throws dev.trivet.errors.TrivetException NO_LEADER if none of them says that it leads
   */
  public static String of(List<String> endpoints, Function<String, TrivetClient> connect) {
    for (String endpoint : endpoints) {
      try (TrivetClient client = connect.apply(endpoint)) {
        if (leads(client)) {
          return endpoint;
        }
      }
    }
    throw ErrorCode.NO_LEADER.exception("none of " + endpoints + " says that it leads");
  }

  private static boolean leads(TrivetClient client) {
    try {
      StatusResponse status =
          MaintenanceGrpc.newBlockingStub(client.channel())
              .status(StatusRequest.getDefaultInstance());
      return status.getLeader() != 0 && status.getLeader() == status.getHeader().getMemberId();
    } catch (StatusRuntimeException _) {
      return false; // It is down: another one may lead.
    }
  }
}
