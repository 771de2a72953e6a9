package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Finds the endpoint at which the leader answers. */
public final class LeaderOnly {
  private static final long ASK_SECONDS = 5;

  private LeaderOnly() {}

  /**
   * The leader's endpoint among these, as the members say it by etcd's Status.
   *
   * @throws dev.trivet.errors.TrivetException NO_LEADER if none of them says that it leads
   */
  public static String of(List<String> endpoints) {
    for (String endpoint : endpoints) {
      if (leads(endpoint)) {
        return endpoint;
      }
    }
    throw ErrorCode.NO_LEADER.exception("none of " + endpoints + " says that it leads");
  }

  private static boolean leads(String endpoint) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///" + endpoint).usePlaintext().build();
    try {
      StatusResponse status =
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS)
              .status(StatusRequest.getDefaultInstance());
      return status.getLeader() != 0 && status.getLeader() == status.getHeader().getMemberId();
    } catch (StatusRuntimeException _) {
      return false; // It is down: another one may lead.
    } finally {
      channel.shutdownNow();
    }
  }
}
