package dev.trivet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.Ports;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.CompactionRequest;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseGrpc;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.StatusRequest;
import dev.trivet.proto.etcd.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with little space, alone so that it fills quickly. */
@Timeout(180)
final class SpaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
  private static final int VALUE_BYTES = 200_000;

  @TempDir Path folder = Path.of("");

  @Test
  void aFullNodeRefusesToGrowStillReadsAndDeletesAndHealsByItself() throws Exception {
    NodeOptions options = withQuota(10 << 20);
    try (Node _ = Node.start(options, SpaceTest::fatal);
        Client client = new Client(options.addresses().client())) {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> client.put("first") > 1);

      client.fill();

      assertNoSpace(() -> client.keys.txn(TxnRequest.newBuilder().addFailure(putOp("x")).build()));
      assertNoSpace(
          () ->
              LeaseGrpc.newBlockingStub(client.channel)
                  .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()));
      assertThat(client.read("first")).isEqualTo(1);
      assertThat(client.alarms().alarm(AlarmRequest.getDefaultInstance()).getAlarmsCount())
          .isEqualTo(1);
      assertThat(client.alarms().status(StatusRequest.getDefaultInstance()).getErrors(0))
          .endsWith(" alarm:NOSPACE ");

      long revision = client.deleteAll();
      var _ =
          client.keys.compact(
              CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());

      await().atMost(PATIENCE).ignoreExceptions().until(() -> client.put("again") > revision);
      assertThat(client.alarms().alarm(AlarmRequest.getDefaultInstance()).getAlarmsList())
          .isEmpty();
    }
  }

  private static void assertNoSpace(Callable<?> write) {
    assertThatThrownBy(write::call)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining(NO_SPACE);
  }

  private NodeOptions withQuota(long bytes) {
    List<String> ports = Ports.free(3).stream().map(port -> "127.0.0.1:" + port).toList();
    Founder self =
        new Founder("n1", new Founder.Addresses(ports.get(0), ports.get(1), ports.get(2)));
    return new NodeOptions(
            "n1", folder.resolve("n1"), self.addresses(), "", ClusterSecret.NONE, List.of(self))
        .with(new SpaceLimits(bytes, 0));
  }

  private static RequestOp putOp(String key) {
    return RequestOp.newBuilder().setRequestPut(put(key, ByteString.EMPTY)).build();
  }

  private static PutRequest put(String key, ByteString value) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setValue(value).build();
  }

  private static void fatal(Throwable cause) {
    throw new AssertionError(cause);
  }

  private static final class Client implements AutoCloseable {
    private final ManagedChannel channel;
    private final KVGrpc.KVBlockingStub keys;

    Client(String address) {
      channel = NettyChannelBuilder.forTarget("dns:///" + address).usePlaintext().build();
      keys = KVGrpc.newBlockingStub(channel);
    }

    /** The revision. */
    long put(String key) {
      return keys.put(SpaceTest.put(key, ByteString.copyFromUtf8("v"))).getHeader().getRevision();
    }

    /** Writes bytes that cannot be compressed until the node refuses for want of space. */
    void fill() {
      Random random = new Random(1);
      int[] written = new int[1];
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                byte[] value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                try {
                  var _ =
                      keys.put(
                          SpaceTest.put(
                              "fill/" + written[0]++, UnsafeByteOperations.unsafeWrap(value)));
                  return false;
                } catch (StatusRuntimeException refusal) {
                  assertThat(refusal).hasMessageContaining(NO_SPACE);
                  return true;
                }
              });
    }

    long read(String key) {
      return keys.range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build())
          .getCount();
    }

    /** The revision after it. */
    long deleteAll() {
      ByteString zero = ByteString.copyFrom(new byte[1]);
      return keys.deleteRange(
              DeleteRangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build())
          .getHeader()
          .getRevision();
    }

    MaintenanceGrpc.MaintenanceBlockingStub alarms() {
      return MaintenanceGrpc.newBlockingStub(channel);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }
}
