package dev.trivet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.Ports;
import dev.trivet.errors.TrivetException;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.peer.FoundingGrpc;
import dev.trivet.proto.peer.IntroduceRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three whole nodes that know a secret, and callers that do not. */
final class SecretTest {
  private static final ClusterSecret SECRET = ClusterSecret.of("a secret of sixteen bytes or more");
  private static final ClusterSecret OTHER =
      ClusterSecret.of("another secret, as long as that one");

  @TempDir Path folder = Path.of("");
  private final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private final List<Founder> founders = founders();

  @Test
  void nodesThatKnowTheSecretFoundAClusterAndOthersAreRefusedAtBothPorts() throws Exception {
    List<Thread> starts = new ArrayList<>();
    ConcurrentLinkedQueue<Node> nodes = new ConcurrentLinkedQueue<>();
    try {
      for (Founder founder : founders) {
        starts.add(Thread.ofVirtual().start(() -> nodes.add(start(founder))));
      }
      String client = "http://" + founders.getFirst().addresses().client();
      await().atMost(Duration.ofMinutes(1)).until(() -> isReady(client));

      for (ClusterSecret wrong : List.of(ClusterSecret.NONE, OTHER)) {
        assertIsRefused(wrong, founders.getFirst().addresses().peer());
      }
      assertRaftRefuses(founders.getFirst().addresses().raft());
      assertThat(fatal).isEmpty();
    } finally {
      for (Thread start : starts) {
        start.join();
      }
      nodes.forEach(Node::close);
    }
  }

  @Test
  void aSecretThatIsTooShortIsRefusedWithItsLength() {
    assertThatThrownBy(() -> ClusterSecret.of(" fifteen bytes..\n"))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining("got 15");
  }

  private static void assertIsRefused(ClusterSecret wrong, String address) {
    var channel = PeerChannels.open(PeerTrust.of(wrong), address);
    try {
      assertThatThrownBy(
              () ->
                  FoundingGrpc.newBlockingStub(channel)
                      .introduce(IntroduceRequest.getDefaultInstance()))
          .hasMessageContaining("does not know this cluster's secret");
    } finally {
      channel.shutdownNow();
    }
  }

  /** By a call made by hand: those that this process's Ratis makes all show the secret. */
  private static void assertRaftRefuses(String address) {
    var bytes = new Bytes();
    var vote =
        MethodDescriptor.newBuilder(bytes, bytes)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(
                RaftServerProtocolServiceGrpc.getRequestVoteMethod().getFullMethodName())
            .build();
    var channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      assertThatThrownBy(
              () -> ClientCalls.blockingUnaryCall(channel, vote, CallOptions.DEFAULT, new byte[0]))
          .hasMessageContaining("does not know this cluster's secret");
    } finally {
      channel.shutdownNow();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Node start(Founder founder) {
    try {
      return Node.start(
          new NodeOptions(
              founder.name(),
              folder.resolve(founder.name()),
              founder.addresses(),
              "",
              SECRET,
              founders),
          fatal::add);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isReady(String client) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
                  HttpRequest.newBuilder(URI.create(client + "/readyz")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Founder> founders() {
    List<Integer> ports = Ports.free(9);
    List<Founder> founders = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String host = "127.0.0.1:";
      founders.add(
          new Founder(
              "n" + (i + 1),
              new Founder.Addresses(
                  host + ports.get(3 * i),
                  host + ports.get(3 * i + 1),
                  host + ports.get(3 * i + 2))));
    }
    return founders;
  }
}
