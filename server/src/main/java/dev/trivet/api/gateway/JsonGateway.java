package dev.trivet.api.gateway;

import dev.trivet.api.etcd.ClusterService;
import dev.trivet.api.etcd.KeyService;
import dev.trivet.api.etcd.LeaseService;
import dev.trivet.api.etcd.MaintenanceService;
import dev.trivet.api.port.HttpHandler;
import dev.trivet.api.port.HttpReply;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DefragmentRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseLeasesRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.MemberListRequest;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.TxnRequest;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;

/**
 * The paths of etcd's JSON gateway.
 *
 * <p>Source: the google.api.http annotations of etcd's API reference.
 */
public final class JsonGateway {
  private JsonGateway() {}

  /** Handlers by path. Paths of streams, and of services that are not here, are refused clearly. */
  public static Map<String, HttpHandler> handlers(
      KeyService keys,
      LeaseService leases,
      ClusterService cluster,
      MaintenanceService maintenance) {
    Map<String, HttpHandler> paths = new HashMap<>();
    paths.put("/v3/", call -> notFound(call.path()));
    addKeys(paths, keys);
    addLeases(paths, leases);
    paths.put(
        "/v3/cluster/member/list",
        JsonMethod.unary(MemberListRequest.getDefaultInstance(), cluster::memberList));
    paths.put(
        "/v3/maintenance/status",
        JsonMethod.unary(StatusRequest.getDefaultInstance(), maintenance::status));
    paths.put(
        "/v3/maintenance/alarm",
        JsonMethod.unary(AlarmRequest.getDefaultInstance(), maintenance::alarm));
    paths.put(
        "/v3/maintenance/defragment",
        JsonMethod.unary(DefragmentRequest.getDefaultInstance(), maintenance::defragment));
    paths.put(
        "/v3/maintenance/transfer-leadership",
        JsonMethod.unary(MoveLeaderRequest.getDefaultInstance(), maintenance::moveLeader));
    for (String path :
        new String[] {
          "/v3/watch",
          "/v3/maintenance/snapshot",
          "/v3/maintenance/hash",
          "/v3/maintenance/hashkv",
          "/v3/maintenance/downgrade",
          "/v3/cluster/member/",
          "/v3/auth/",
          "/v3/lock/",
          "/v3/election/"
        }) {
      paths.put(path, call -> unimplemented(call.path()));
    }
    return paths;
  }

  private static void addKeys(Map<String, HttpHandler> paths, KeyService keys) {
    paths.put("/v3/kv/range", JsonMethod.unary(RangeRequest.getDefaultInstance(), keys::range));
    paths.put("/v3/kv/put", JsonMethod.unary(PutRequest.getDefaultInstance(), keys::put));
    paths.put(
        "/v3/kv/deleterange",
        JsonMethod.unary(DeleteRangeRequest.getDefaultInstance(), keys::deleteRange));
    paths.put("/v3/kv/txn", JsonMethod.unary(TxnRequest.getDefaultInstance(), keys::txn));
    paths.put(
        "/v3/kv/compaction",
        JsonMethod.unary(CompactionRequest.getDefaultInstance(), keys::compact));
  }

  private static void addLeases(Map<String, HttpHandler> paths, LeaseService leases) {
    paths.put(
        "/v3/lease/grant",
        JsonMethod.unary(LeaseGrantRequest.getDefaultInstance(), leases::leaseGrant));
    // A stream of one request has one line of answer.
    paths.put(
        "/v3/lease/keepalive",
        new JsonMethod<>(
            LeaseKeepAliveRequest.getDefaultInstance(),
            leases::renew,
            line -> "{\"result\":" + line + "}\n"));
    for (String prefix : new String[] {"/v3/lease/", "/v3/kv/lease/"}) {
      paths.put(
          prefix + "revoke",
          JsonMethod.unary(LeaseRevokeRequest.getDefaultInstance(), leases::leaseRevoke));
      paths.put(
          prefix + "timetolive",
          JsonMethod.unary(LeaseTimeToLiveRequest.getDefaultInstance(), leases::leaseTimeToLive));
      paths.put(
          prefix + "leases",
          JsonMethod.unary(LeaseLeasesRequest.getDefaultInstance(), leases::leaseLeases));
    }
  }

  private static HttpReply notFound(String path) {
    return JsonErrors.of(Status.Code.NOT_FOUND, "no such path: " + path);
  }

  private static HttpReply unimplemented(String path) {
    return JsonErrors.of(
        Status.Code.UNIMPLEMENTED, path + " is unimplemented over HTTP: use gRPC, on this port");
  }
}
