package dev.trivet.peer;

import dev.trivet.peer.tls.Certificates;
import dev.trivet.peer.tls.TlsContexts;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One channel to each other member, made at first use and kept. Safe for any thread. */
public final class PeerChannels implements PeerNetwork, AutoCloseable {
  /** The largest message between nodes: a command, an extent's frame, with room around. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final PeerTrust trust;
  private final String clusterId;
  private final Member self;
  private List<Member> others = List.of();
  private final Map<Place, ManagedChannel> open = new HashMap<>();
  private boolean isClosed;

  /**
   * Opens nothing yet.
   *
   * @param trust what every call shows
   * @param members all members; this node may be among them
   */
  public PeerChannels(PeerTrust trust, String clusterId, Member self, List<Member> members) {
    this.trust = trust;
    this.clusterId = clusterId;
    this.self = self;
    update(members);
  }

  /**
   * Takes another configuration: channels to nodes that are no longer members, or have moved, end.
   *
   * @param members all members; this node may be among them
   */
  public synchronized void update(List<Member> members) {
    others =
        members.stream()
            .filter(member -> !member.incarnation().equals(self.incarnation()))
            .toList();
    open.entrySet()
        .removeIf(
            entry -> {
              boolean isGone =
                  others.stream().noneMatch(other -> Place.of(other).equals(entry.getKey()));
              if (isGone) {
                entry.getValue().shutdown();
              }
              return isGone;
            });
  }

  /** What a channel is for: a member's role may change without it. */
  private record Place(String incarnation, String address) {
    static Place of(Member member) {
      return new Place(member.incarnation(), member.peerAddress());
    }
  }

  @Override
  public Member self() {
    return self;
  }

  @Override
  public synchronized List<Member> others() {
    return others;
  }

  @Override
  public synchronized Channel channel(Member member) {
    if (isClosed) {
      throw new IllegalStateException("the channels are closed");
    }
    ManagedChannel channel =
        open.computeIfAbsent(Place.of(member), place -> open(trust, place.address()));
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC's own pause between attempts grows to two minutes: a node that is back would be left
      // alone for so long.
      channel.resetConnectBackoff();
    }
    return ClientInterceptors.intercept(
        channel, new Handshake.Introduction(clusterId, self, member));
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    open.values().forEach(ManagedChannel::shutdownNow);
    open.clear();
  }

  /**
   * A channel to a peer port, for a node that need not be a member yet.
   *
   * @param trust what every call shows
   * @param address host:port
   */
  public static ManagedChannel open(PeerTrust trust, String address) {
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address);
    Certificates certificates = trust.certificates();
    if (certificates == null) {
      builder.usePlaintext();
    } else {
      builder.sslContext(TlsContexts.ofPeerChannel(certificates));
    }
    // Without keepalive, calls to a node in a black hole hang until TCP gives up.
    return builder
        .channelType(EpollSocketChannel.class)
        .eventLoopGroup(NetworkLoops.group())
        .intercept(new Handshake.Password(trust.secret()))
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(4, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .build();
  }
}
