package dev.trivet.api.auth;

import java.util.Map;

/** What a call needs while authentication is on, before its service begins. */
enum Need {
  /** Nothing: it is open to all. */
  NOTHING,
  /** Any user. */
  USER,
  /** The role root. */
  ROOT,
  /** The service judges it by what the call asks for, or the state does so when it is applied. */
  JUDGED;

  /** By the name of a method, or of a service when all its other methods need the same. */
  private static final Map<String, Need> BY_NAME =
      Map.ofEntries(
          Map.entry("etcdserverpb.KV/Range", JUDGED),
          Map.entry("etcdserverpb.KV/RangeStream", JUDGED),
          Map.entry("etcdserverpb.KV/Put", JUDGED),
          Map.entry("etcdserverpb.KV/DeleteRange", JUDGED),
          Map.entry("etcdserverpb.KV/Txn", JUDGED),
          Map.entry("etcdserverpb.Watch/Watch", JUDGED),
          Map.entry("etcdserverpb.Lease/LeaseGrant", USER),
          Map.entry("etcdserverpb.Lease/LeaseRevoke", JUDGED),
          Map.entry("etcdserverpb.Lease/LeaseKeepAlive", JUDGED),
          Map.entry("etcdserverpb.Lease/LeaseTimeToLive", USER),
          Map.entry("etcdserverpb.Lease/LeaseLeases", USER),
          // Clients look for the members before they authenticate, Patroni for one.
          Map.entry("etcdserverpb.Cluster/MemberList", NOTHING),
          Map.entry("etcdserverpb.Maintenance/Status", USER),
          // Of a raised or lowered alarm the service asks more.
          Map.entry("etcdserverpb.Maintenance/Alarm", USER),
          Map.entry("etcdserverpb.Auth/Authenticate", NOTHING),
          Map.entry("etcdserverpb.Auth/AuthStatus", NOTHING),
          Map.entry("etcdserverpb.Auth/UserGet", JUDGED),
          Map.entry("etcdserverpb.Auth/RoleGet", JUDGED),
          // They do all by calls of KV and Lease, in the caller's name.
          Map.entry("v3lockpb.Lock", JUDGED),
          Map.entry("v3electionpb.Election", JUDGED),
          Map.entry("trivet.v1.Blobs", USER),
          Map.entry("trivet.v1.Volumes", USER),
          Map.entry("trivet.v1.Admin/Status", USER),
          // Root's but for its end, which may come twice and turns authentication on.
          Map.entry("trivet.v1.Admin/Restore", JUDGED),
          Map.entry("grpc.health.v1.Health", NOTHING));

  /**
   * What a method needs; one that nobody has thought of, the role root.
   *
   * @param method "package.Service/Method"
   */
  static Need of(String method) {
    Need known = BY_NAME.get(method);
    if (known == null) {
      known = BY_NAME.get(method.substring(0, Math.max(0, method.indexOf('/'))));
    }
    return known == null ? ROOT : known;
  }
}
