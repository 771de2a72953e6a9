package dev.trivet.local;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchGrpc;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that hold on to connections and do not do their part, while another one is served. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileClientsTest {
  private static final Duration READY = Duration.ofMinutes(3);

  /** For an answer, on a machine that is busy with what the others ask for. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final int IDLE_CONNECTIONS = 10_000;
  private static final int HALF_REQUESTS = 200;
  private static final int LARGE_BYTES = 256 << 10;

  /** More than sockets and the node's own buffers hold: 64 MiB. */
  private static final int LARGE_WRITES = 256;

  private static final int LISTED_KEYS = 64;

  /** Together they list 1.6 GiB, four times of what a node has for all it does. */
  private static final int LISTINGS = 100;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static TrivetClient served;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(READY);
    served = TrivetClient.connect(cluster.endpoints());
  }

  @AfterAll
  static void stopCluster() {
    if (served != null) {
      served.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void tenThousandConnectionsThatSayNothingTakeNothingFromOthers() throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try {
      for (int i = 0; i < IDLE_CONNECTIONS; i++) {
        idle.add(connect(""));
      }

      assertOthersAreServed("idle");
    } finally {
      close(idle);
    }
    assertOthersAreServed("idle no more");
  }

  @Test
  void halfARequestHoldsNothingUp() throws Exception {
    List<SocketChannel> half = new ArrayList<>();
    try {
      for (int i = 0; i < HALF_REQUESTS; i++) {
        half.add(connect("POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"));
        half.add(connect("POST /v3/kv/put HTT"));
        half.add(connect(PREFACE));
        half.add(connect(PREFACE.substring(0, 5)));
      }

      assertOthersAreServed("half");
    } finally {
      close(half);
    }
  }

  @Test
  void aWatcherThatNeverReadsCostsTheNodeNeitherItsMemoryNorOthersTheirEvents() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(cluster.endpoints().getFirst()).usePlaintext().build();
    ByteString key = ByteString.copyFromUtf8("never-read");
    var requests =
        WatchGrpc.newStub(channel).watch(new NeverReading<WatchRequest, WatchResponse>());
    requests.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(WatchCreateRequest.newBuilder().setKey(key).setStartRevision(1))
            .build());
    ByteString value = ByteString.copyFrom(new byte[LARGE_BYTES]);
    try {
      for (int i = 0; i < LARGE_WRITES; i++) {
        var _ = served.keys().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
      }

      assertOthersAreServed("beside a watcher that never reads");
      assertThat(cluster.nodes()).allMatch(NodeProcess::isRunning);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void readersWhoNeverReadTheirListingsCostTheNodeNoMoreThanABufferEach() throws Exception {
    ByteString value = ByteString.copyFrom(new byte[LARGE_BYTES]);
    for (int i = 0; i < LISTED_KEYS; i++) {
      ByteString key = ByteString.copyFromUtf8("listed/" + i);
      var _ = served.keys().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
    }
    RangeRequest all =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("listed/"))
            .setRangeEnd(ByteString.copyFromUtf8("listed0"))
            .build();
    List<ManagedChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < LISTINGS; i++) {
        ManagedChannel channel =
            NettyChannelBuilder.forTarget(cluster.endpoints().getFirst()).usePlaintext().build();
        channels.add(channel);
        KVGrpc.newStub(channel).rangeStream(all, new NeverReading<>());
      }

      assertOthersAreServed("beside listings that nobody reads");
      assertThat(cluster.nodes()).allMatch(NodeProcess::isRunning);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
    assertOthersAreServed("after them");
    assertThat(Files.readString(cluster.nodes().getFirst().logFile()))
        .doesNotContain("OutOfMemory", "OutOfDirectMemory");
  }

  /** Asks for no message, so that the connection's window fills. */
  private static final class NeverReading<Q, A> implements ClientResponseObserver<Q, A> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Q> call) {
      call.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(A response) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private static void assertOthersAreServed(String value) {
    ByteString key = ByteString.copyFromUtf8("served");
    ByteString text = ByteString.copyFromUtf8(value);
    for (String endpoint : cluster.endpoints()) {
      try (TrivetClient one =
          TrivetClient.builder(List.of(endpoint)).deadline(PATIENCE).connect()) {
        var _ = one.keys().put(PutRequest.newBuilder().setKey(key).setValue(text).build());
        assertThat(one.keys().get(key)).isPresent();
      }
    }
  }

  private static SocketChannel connect(String said) throws IOException {
    String endpoint = cluster.endpoints().getFirst();
    int colon = endpoint.indexOf(':');
    SocketChannel channel =
        SocketChannel.open(
            new InetSocketAddress(
                endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1))));
    ByteBuffer bytes = ByteBuffer.wrap(said.getBytes(US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return channel;
  }

  private static void close(List<SocketChannel> channels) throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }
}
