package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import java.util.List;

/** A node's channels with something between it and the other nodes. */
abstract class InterceptedNetwork implements PeerNetwork {
  private final PeerNetwork network;

  InterceptedNetwork(PeerNetwork network) {
    this.network = network;
  }

  /** What calls to a member go through. */
  abstract ClientInterceptor between(Member member);

  @Override
  public final Member self() {
    return network.self();
  }

  @Override
  public final List<Member> others() {
    return network.others();
  }

  @Override
  public final Channel channel(Member member) {
    return ClientInterceptors.intercept(network.channel(member), between(member));
  }
}
