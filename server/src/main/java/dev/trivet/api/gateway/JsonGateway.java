package dev.trivet.api.gateway;

import dev.trivet.api.port.HttpConversation;
import dev.trivet.api.port.HttpHandler;
import dev.trivet.api.port.HttpReply;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * The paths of etcd's JSON gateway. Each leads to the gRPC method of the same service, through the
 * same interceptors: who may not call the one may not call the other.
 *
 * <p>Source: the google.api.http annotations of etcd's API reference.
 */
public final class JsonGateway {
  /** The first is what etcd has today, the other what it had until 3.5. */
  private static final List<String> PREFIXES = List.of("/v3", "/v3beta");

  private static final String API = "etcdserverpb.";

  /** Methods of gRPC, by what follows the prefix. */
  private static final Map<String, String> METHODS =
      Map.ofEntries(
          Map.entry("/kv/range", API + "KV/Range"),
          Map.entry("/kv/put", API + "KV/Put"),
          Map.entry("/kv/deleterange", API + "KV/DeleteRange"),
          Map.entry("/kv/txn", API + "KV/Txn"),
          Map.entry("/kv/compaction", API + "KV/Compact"),
          Map.entry("/watch", API + "Watch/Watch"),
          Map.entry("/lease/grant", API + "Lease/LeaseGrant"),
          Map.entry("/lease/keepalive", API + "Lease/LeaseKeepAlive"),
          Map.entry("/lease/revoke", API + "Lease/LeaseRevoke"),
          Map.entry("/kv/lease/revoke", API + "Lease/LeaseRevoke"),
          Map.entry("/lease/timetolive", API + "Lease/LeaseTimeToLive"),
          Map.entry("/kv/lease/timetolive", API + "Lease/LeaseTimeToLive"),
          Map.entry("/lease/leases", API + "Lease/LeaseLeases"),
          Map.entry("/kv/lease/leases", API + "Lease/LeaseLeases"),
          Map.entry("/cluster/member/add", API + "Cluster/MemberAdd"),
          Map.entry("/cluster/member/remove", API + "Cluster/MemberRemove"),
          Map.entry("/cluster/member/update", API + "Cluster/MemberUpdate"),
          Map.entry("/cluster/member/list", API + "Cluster/MemberList"),
          Map.entry("/cluster/member/promote", API + "Cluster/MemberPromote"),
          Map.entry("/maintenance/alarm", API + "Maintenance/Alarm"),
          Map.entry("/maintenance/status", API + "Maintenance/Status"),
          Map.entry("/maintenance/defragment", API + "Maintenance/Defragment"),
          Map.entry("/maintenance/hash", API + "Maintenance/Hash"),
          Map.entry("/maintenance/hashkv", API + "Maintenance/HashKV"),
          Map.entry("/maintenance/snapshot", API + "Maintenance/Snapshot"),
          Map.entry("/maintenance/transfer-leadership", API + "Maintenance/MoveLeader"),
          Map.entry("/maintenance/downgrade", API + "Maintenance/Downgrade"),
          Map.entry("/auth/enable", API + "Auth/AuthEnable"),
          Map.entry("/auth/disable", API + "Auth/AuthDisable"),
          Map.entry("/auth/status", API + "Auth/AuthStatus"),
          Map.entry("/auth/authenticate", API + "Auth/Authenticate"),
          Map.entry("/auth/user/add", API + "Auth/UserAdd"),
          Map.entry("/auth/user/get", API + "Auth/UserGet"),
          Map.entry("/auth/user/list", API + "Auth/UserList"),
          Map.entry("/auth/user/delete", API + "Auth/UserDelete"),
          Map.entry("/auth/user/changepw", API + "Auth/UserChangePassword"),
          Map.entry("/auth/user/grant", API + "Auth/UserGrantRole"),
          Map.entry("/auth/user/revoke", API + "Auth/UserRevokeRole"),
          Map.entry("/auth/role/add", API + "Auth/RoleAdd"),
          Map.entry("/auth/role/get", API + "Auth/RoleGet"),
          Map.entry("/auth/role/list", API + "Auth/RoleList"),
          Map.entry("/auth/role/delete", API + "Auth/RoleDelete"),
          Map.entry("/auth/role/grant", API + "Auth/RoleGrantPermission"),
          Map.entry("/auth/role/revoke", API + "Auth/RoleRevokePermission"),
          Map.entry("/lock/lock", "v3lockpb.Lock/Lock"),
          Map.entry("/lock/unlock", "v3lockpb.Lock/Unlock"),
          Map.entry("/election/campaign", "v3electionpb.Election/Campaign"),
          Map.entry("/election/proclaim", "v3electionpb.Election/Proclaim"),
          Map.entry("/election/leader", "v3electionpb.Election/Leader"),
          Map.entry("/election/observe", "v3electionpb.Election/Observe"),
          Map.entry("/election/resign", "v3electionpb.Election/Resign"));

  private JsonGateway() {}

  /**
   * Conversations by path, for each method that one of the services has.
   *
   * @param interceptors that gRPC's calls of these services go through, the first is called first
   */
  public static Map<String, HttpConversation> conversations(
      List<BindableService> services, List<ServerInterceptor> interceptors) {
    Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
    for (BindableService service : services) {
      ServerServiceDefinition guarded =
          ServerInterceptors.interceptForward(service.bindService(), interceptors);
      guarded
          .getMethods()
          .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
    }
    Executor threads = task -> Thread.ofVirtual().name("gateway-call").start(task);
    Map<String, HttpConversation> paths = new HashMap<>();
    METHODS.forEach(
        (path, name) -> {
          ServerMethodDefinition<?, ?> method = methods.get(name);
          if (method != null) {
            HttpConversation conversation = JsonMethod.of(method, threads);
            PREFIXES.forEach(prefix -> paths.put(prefix + path, conversation));
          }
        });
    return paths;
  }

  /** Refuses all other paths below the gateway's. */
  public static Map<String, HttpHandler> handlers() {
    Map<String, HttpHandler> paths = new HashMap<>();
    for (String prefix : PREFIXES) {
      paths.put(prefix + "/", call -> notFound(call.path()));
      METHODS.keySet().forEach(path -> paths.put(prefix + path, call -> notYet(call.path())));
    }
    return paths;
  }

  private static HttpReply notFound(String path) {
    return JsonErrors.of(Status.Code.NOT_FOUND, "no such path: " + path);
  }

  private static HttpReply notYet(String path) {
    return JsonErrors.of(Status.Code.UNIMPLEMENTED, path + " is unimplemented");
  }
}
