package dev.trivet.api;

import com.google.protobuf.ByteString;
import dev.trivet.api.admin.NodeReplies;
import dev.trivet.api.auth.TokenKind;
import dev.trivet.api.edge.RequestLimits;
import dev.trivet.api.etcd.Schemes;
import dev.trivet.api.port.ClientPort;
import dev.trivet.extents.ExtentService;
import dev.trivet.extents.LocalExtents;
import dev.trivet.extents.QuorumExtents;
import dev.trivet.lessor.Lessor;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerServer;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.replicate.Replica;
import dev.trivet.replicate.ReplicaConfig;
import dev.trivet.state.StateMachine;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.watch.StoreEvents;
import dev.trivet.watch.WatchHub;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One node of the tests' cluster: all floors up to the client port, wired as a node would. */
public final class ApiNode implements AutoCloseable {
  static final String CLUSTER = "00000000000000c1";

  /** After so long a watcher that asks for it is told of progress. */
  private static final Duration WATCH_IDLE = Duration.ofMillis(200);

  public final Member self;
  public final Replica replica;
  public final Store store;
  public final ManagedChannel channel;
  final ConcurrentLinkedQueue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private final LocalExtents local;
  private final PeerChannels channels;
  private final PeerServer peerServer;
  private final WatchHub hub;
  private final Lessor lessor;
  private final ClientApi api;
  private final ClientPort port;

  ApiNode(Path directory, Member self, List<Member> voters, TokenKind tokens) throws IOException {
    this.self = self;
    store = Store.open(directory.resolve("store"), StoreOptions.DEFAULT);
    channels = new PeerChannels(PeerTrust.NONE, CLUSTER, self, voters);
    local = LocalExtents.open(directory.resolve("extents"));
    QuorumExtents extents =
        new QuorumExtents(local, store, channels, InstantSource.system(), new SecureRandom());
    StoreEvents events = new StoreEvents(store);
    StateMachine state = new StateMachine(store, local);
    hub = new WatchHub(events);
    lessor = new Lessor(store, channels);
    replica =
        Replica.start(
            new ReplicaConfig(
                directory, self, CLUSTER, voters, Duration.ofMillis(900), Duration.ofMillis(1500)),
            state,
            List.of(hub, lessor),
            channels,
            fatal::add);
    peerServer =
        PeerServer.start(
            address(self.peerAddress()),
            PeerTrust.NONE,
            CLUSTER,
            self,
            List.of(
                replica.peerService(),
                lessor.peerService(),
                new ExtentService(local),
                new NodeReplies(replica, extents)),
            List.of());
    hub.start();
    lessor.start(replica);
    api =
        ClientApi.open(
            new ClientApi.Floors(
                replica,
                replica,
                store,
                state::access,
                events,
                hub,
                lessor,
                extents,
                channels,
                CLUSTER,
                self,
                Schemes.CLEAR,
                RequestLimits.DEFAULT,
                0,
                tokens,
                InstantSource.system()),
            WATCH_IDLE);
    port = new ClientPort(address(self.clientAddress()), api.served());
    port.start();
    channel =
        NettyChannelBuilder.forTarget("dns:///" + self.clientAddress()).usePlaintext().build();
  }

  public boolean isLeader() {
    return replica.leadership().isSelf();
  }

  /** Puts a key at this node. */
  public void put(String key, String value) {
    var _ =
        KVGrpc.newBlockingStub(channel)
            .put(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))
                    .build());
  }

  /** Watchers at this node. */
  public int watchCount() {
    return hub.watchCount();
  }

  private static InetSocketAddress address(String hostAndPort) {
    int number = Integer.parseInt(hostAndPort.substring(hostAndPort.indexOf(':') + 1));
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    port.close();
    api.close();
    hub.close();
    lessor.close();
    peerServer.close();
    replica.close();
    channels.close();
    local.close();
    store.close();
  }
}
