package dev.trivet.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiNode;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.AdminGrpc;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthUserRevokeRoleRequest;
import dev.trivet.proto.etcd.ClusterGrpc;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.LeaseKeepAliveRequest;
import dev.trivet.proto.etcd.LeaseKeepAliveResponse;
import dev.trivet.proto.etcd.LeaseLeasesRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveRequest;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The holes that etcd had and mended in 2026, each by its number, and what is near to them. */
@Timeout(120)
@ExtendWith(GuardedCluster.Shared.class)
final class AdvisoriesTest {
  private final GuardedCluster cluster;

  AdvisoriesTest(GuardedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void cve202633413NoCallIsOpenToStrangersButThoseThatMustBe() {
    Set<String> open = new TreeSet<>();
    Channel stranger = cluster.nodes.leader().channel;
    for (ServiceDescriptor service : services()) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        if (method.getType() == MethodDescriptor.MethodType.UNARY
            || method.getType() == MethodDescriptor.MethodType.SERVER_STREAMING) {
          String said = ask(stranger, method);
          if (!said.equals(ErrorCode.USER_EMPTY.text())) {
            open.add(method.getFullMethodName() + ": " + said);
          }
        }
      }
    }

    assertThat(open)
        .containsExactly(
            "etcdserverpb.Auth/AuthStatus: OK",
            "etcdserverpb.Auth/Authenticate: " + ErrorCode.AUTH_FAILED.text(),
            "etcdserverpb.Cluster/MemberList: OK",
            // Refused for what they are, before anybody asks who sends them.
            "etcdserverpb.KV/DeleteRange: " + ErrorCode.EMPTY_KEY.text(),
            "etcdserverpb.KV/Put: " + ErrorCode.EMPTY_KEY.text(),
            "etcdserverpb.KV/Range: " + ErrorCode.EMPTY_KEY.text(),
            "etcdserverpb.KV/RangeStream: " + ErrorCode.EMPTY_KEY.text());
  }

  @Test
  void cve202633413WhatIsForRootIsForRootAlone() {
    cluster.addUser("plain");
    Channel plain = GuardedCluster.as(cluster.nodes.follower(0), "plain");
    Set<String> allowed = new TreeSet<>();
    for (ServiceDescriptor service :
        List.of(
            AuthGrpc.getServiceDescriptor(),
            ClusterGrpc.getServiceDescriptor(),
            MaintenanceGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor())) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        if (!ask(plain, method).equals(ErrorCode.PERMISSION_DENIED.text())) {
          allowed.add(method.getBareMethodName());
        }
      }
    }

    assertThat(allowed)
        .containsExactly("Alarm", "AuthStatus", "Authenticate", "MemberList", "Status");
    assertThat(ask(plain, KVGrpc.getCompactMethod())).isEqualTo(ErrorCode.PERMISSION_DENIED.text());
  }

  @Test
  void cve202633343ANestedTransactionNeedsWhatItsOperationsNeed() {
    cluster.addUser("nested");
    cluster.grant("nested", Permission.Type.READWRITE, "nested/", "nested0");
    KVGrpc.KVBlockingStub user =
        KVGrpc.newBlockingStub(GuardedCluster.as(cluster.nodes.leader(), "nested"));
    TxnRequest steals = txn(operation(range("secret")));
    TxnRequest writes = txn(operation(put("secret").build()));

    assertDenied(() -> user.txn(txn(RequestOp.newBuilder().setRequestTxn(steals).build())));
    assertDenied(() -> user.txn(txn(RequestOp.newBuilder().setRequestTxn(writes).build())));
    // The branch that is not taken counts too.
    assertDenied(
        () ->
            user.txn(
                TxnRequest.newBuilder()
                    .addFailure(RequestOp.newBuilder().setRequestTxn(writes))
                    .build()));
    // A compare tells what it compares with.
    assertDenied(
        () ->
            user.txn(
                txn(
                    RequestOp.newBuilder()
                        .setRequestTxn(
                            TxnRequest.newBuilder()
                                .addCompare(
                                    Compare.newBuilder().setKey(ByteString.copyFromUtf8("secret"))))
                        .build())));
    assertThat(
            user.txn(
                    txn(
                        RequestOp.newBuilder()
                            .setRequestTxn(txn(operation(put("nested/a").build())))
                            .build()))
                .getSucceeded())
        .isTrue();
  }

  @Test
  void cve202644283ThePreviousValueInATransactionNeedsReading() {
    cluster.addUser("blind");
    cluster.grant("blind", Permission.Type.WRITE, "blind/", "blind0");
    KVGrpc.KVBlockingStub user =
        KVGrpc.newBlockingStub(GuardedCluster.as(cluster.nodes.leader(), "blind"));
    var _ = user.put(put("blind/a").build());

    assertDenied(() -> user.put(put("blind/a").setPrevKv(true).build()));
    assertDenied(() -> user.txn(txn(operation(put("blind/a").setPrevKv(true).build()))));
    assertDenied(() -> user.range(range("blind/a")));
  }

  @Test
  void cve202644283ALeaseInATransactionNeedsAllItsKeys() {
    cluster.addUser("tenant");
    cluster.grant("tenant", Permission.Type.READWRITE, "tenant/", "tenant0");
    Channel channel = GuardedCluster.as(cluster.nodes.follower(1), "tenant");
    KVGrpc.KVBlockingStub user = KVGrpc.newBlockingStub(channel);
    LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
    long foreign =
        LeaseGrpc.newBlockingStub(cluster.root)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
            .getID();
    var _ = KVGrpc.newBlockingStub(cluster.root).put(put("owner/a").setLease(foreign).build());

    assertDenied(() -> user.put(put("tenant/a").setLease(foreign).build()));
    assertDenied(() -> user.txn(txn(operation(put("tenant/a").setLease(foreign).build()))));
    assertDenied(() -> leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(foreign).build()));
    assertDenied(
        () ->
            leases.leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(foreign).setKeys(true).build()));

    long own = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build()).getID();
    var _ = user.put(put("tenant/a").setLease(own).build());
    var _ = leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(own).build());
  }

  @Test
  void theListOfLeasesNeedsReadingTheKeysOnAllOfThem() {
    cluster.addUser("lister");
    cluster.grant("lister", Permission.Type.READ, "lister/", "lister0");
    LeaseGrpc.LeaseBlockingStub root = LeaseGrpc.newBlockingStub(cluster.root);
    LeaseGrpc.LeaseBlockingStub lister =
        LeaseGrpc.newBlockingStub(GuardedCluster.as(cluster.nodes.leader(), "lister"));
    long foreign = root.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build()).getID();
    KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(cluster.root);
    var _ = keys.put(put("owner/listed").setLease(foreign).build());

    assertDenied(() -> lister.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
    assertThat(root.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
        .anyMatch(lease -> lease.getID() == foreign);
  }

  /**
   * It keeps the keys, which is to write them; and no renewal is in the log, where all is judged.
   */
  @Test
  void aRenewalNeedsWritingAllKeysOnTheLeaseOnEveryNode() {
    cluster.addUser("keeper");
    cluster.grant("keeper", Permission.Type.READWRITE, "keeper/", "keeper0");
    cluster.addUser("guest");
    cluster.grant("guest", Permission.Type.READWRITE, "guest/", "guest0");
    cluster.grant("guest", Permission.Type.READ, "keeper/", "keeper0");
    long lease =
        LeaseGrpc.newBlockingStub(cluster.root)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
            .getID();
    KVGrpc.KVBlockingStub root = KVGrpc.newBlockingStub(cluster.root);

    for (ApiNode node : cluster.nodes.nodes) {
      Channel keeper = GuardedCluster.as(node, "keeper");
      Channel guest = GuardedCluster.as(node, "guest");
      var _ = root.put(put("keeper/a").setLease(lease).build());
      assertThat(renewed(keeper, lease)).isEqualTo("600 s");
      assertThat(renewed(guest, lease)).isEqualTo(ErrorCode.PERMISSION_DENIED.text());

      // One key of others is enough.
      var _ = root.put(put("owner/b").setLease(lease).build());
      assertThat(renewed(keeper, lease)).isEqualTo(ErrorCode.PERMISSION_DENIED.text());

      var _ = root.put(put("owner/b").build());
      assertThat(renewed(keeper, lease)).isEqualTo("600 s");
      assertThat(renewed(cluster.root, lease)).isEqualTo("600 s");
      assertThat(renewed(node.channel, lease)).isEqualTo(ErrorCode.USER_EMPTY.text());
      assertThat(renewed(GuardedCluster.withToken(node, "nonsense"), lease))
          .isEqualTo(ErrorCode.INVALID_AUTH_TOKEN.text());
    }
  }

  @Test
  void aStreamOfRenewalsEndsWithItsUsersPermission() {
    cluster.addUser("dismissed");
    cluster.grant("dismissed", Permission.Type.WRITE, "dismissed", "");
    Channel channel = GuardedCluster.as(cluster.nodes.follower(1), "dismissed");
    long lease =
        LeaseGrpc.newBlockingStub(channel)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
            .getID();
    var _ = KVGrpc.newBlockingStub(channel).put(put("dismissed").setLease(lease).build());
    RenewalStream stream = new RenewalStream(channel);
    assertThat(stream.renew(lease)).isEqualTo("600 s");

    var _ =
        AuthGrpc.newBlockingStub(cluster.root)
            .userRevokeRole(
                AuthUserRevokeRoleRequest.newBuilder()
                    .setName("dismissed")
                    .setRole("dismissed")
                    .build());

    assertThat(stream.renew(lease)).isEqualTo(ErrorCode.PERMISSION_DENIED.text());
  }

  private static String renewed(Channel channel, long lease) {
    RenewalStream stream = new RenewalStream(channel);
    String said = stream.renew(lease);
    stream.end();
    return said;
  }

  /** A stream that keeps leases alive, asked one thing after the other. */
  private static final class RenewalStream implements StreamObserver<LeaseKeepAliveResponse> {
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final StreamObserver<LeaseKeepAliveRequest> requests;

    RenewalStream(Channel channel) {
      requests = LeaseGrpc.newStub(channel).leaseKeepAlive(this);
    }

    /** The time to live that is answered, or why not. */
    String renew(long lease) {
      requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
      try {
        return String.valueOf(said.poll(30, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void end() {
      requests.onCompleted();
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      said.add(response.getTTL() + " s");
    }

    @Override
    public void onError(Throwable thrown) {
      said.add(String.valueOf(Status.fromThrowable(thrown).getDescription()));
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void ghsaXg4h6gfcH4m8WhoMayReadOneKeyCannotWatchAllFromItOn() {
    cluster.addUser("watcher");
    cluster.grant("watcher", Permission.Type.READ, "watcher/a", "");
    Channel channel = GuardedCluster.as(cluster.nodes.follower(0), "watcher");

    assertThat(firstOfWatch(channel, "watcher/a", "").getCanceled()).isFalse();
    for (String end : List.of("\0", "watcher/b", "watcher/a\0\0")) {
      WatchResponse refused = firstOfWatch(channel, "watcher/a", end);
      assertThat(refused.getCreated()).isTrue();
      assertThat(refused.getCanceled()).isTrue();
      assertThat(refused.getWatchId()).isEqualTo(-1);
      assertThat(refused.getCancelReason())
          .isEqualTo("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
    }
    assertThat(firstOfWatch(cluster.nodes.leader().channel, "watcher/a", "").getCancelReason())
        .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
    assertThat(
            firstOfWatch(
                    GuardedCluster.withToken(cluster.nodes.leader(), "nonsense"), "watcher/a", "")
                .getCancelReason())
        .isEqualTo("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
  }

  private static List<ServiceDescriptor> services() {
    return List.of(
        KVGrpc.getServiceDescriptor(),
        LeaseGrpc.getServiceDescriptor(),
        ClusterGrpc.getServiceDescriptor(),
        MaintenanceGrpc.getServiceDescriptor(),
        AuthGrpc.getServiceDescriptor(),
        BlobsGrpc.getServiceDescriptor(),
        VolumesGrpc.getServiceDescriptor(),
        AdminGrpc.getServiceDescriptor());
  }

  /** The answer to the creation of one watcher on a stream of its own. */
  static WatchResponse firstOfWatch(Channel channel, String key, String end) {
    WatchRequest request =
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setRangeEnd(ByteString.copyFromUtf8(end)))
            .build();
    CompletableFuture<WatchResponse> first = new CompletableFuture<>();
    var requests =
        WatchGrpc.newStub(channel)
            .watch(
                new StreamObserver<>() {
                  @Override
                  public void onNext(WatchResponse response) {
                    first.complete(response);
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    first.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(request);
    WatchResponse answer = first.orTimeout(30, TimeUnit.SECONDS).join();
    requests.onCompleted();
    return answer;
  }

  /** What an empty request is answered: OK, or why not. */
  private static <Q, A> String ask(Channel channel, MethodDescriptor<Q, A> method) {
    Q empty = method.parseRequest(new ByteArrayInputStream(new byte[0]));
    try {
      var answers =
          ClientCalls.blockingServerStreamingCall(
              channel,
              method.toBuilder().setType(MethodDescriptor.MethodType.SERVER_STREAMING).build(),
              CallOptions.DEFAULT,
              empty);
      answers.forEachRemaining(_ -> {});
      return "OK";
    } catch (StatusRuntimeException e) {
      return String.valueOf(e.getStatus().getDescription());
    }
  }

  private static RangeRequest range(String key) {
    return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static PutRequest.Builder put(String key) {
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8("v"));
  }

  private static RequestOp operation(PutRequest request) {
    return RequestOp.newBuilder().setRequestPut(request).build();
  }

  private static RequestOp operation(RangeRequest request) {
    return RequestOp.newBuilder().setRequestRange(request).build();
  }

  private static TxnRequest txn(RequestOp operation) {
    return TxnRequest.newBuilder().addSuccess(operation).build();
  }

  private static void assertDenied(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
  }
}
