package dev.trivet.node.founding;

import dev.trivet.peer.Member;
import dev.trivet.proto.peer.FoundingGrpc;
import dev.trivet.proto.peer.IntroduceRequest;
import dev.trivet.proto.peer.IntroduceResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of a node that is not a member yet: who are you, and do you know a cluster? */
final class Introductions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);
  private static final long CALL_SECONDS = 2;

  private final Member self;
  private final Map<Founder, ManagedChannel> channels = new HashMap<>();

  Introductions(Member self) {
    this.self = self;
  }

  /** The answers of those that are up, by who was asked. */
  Map<Founder, IntroduceResponse> ask(Iterable<Founder> others) {
    Map<Founder, IntroduceResponse> answers = new HashMap<>();
    IntroduceRequest request =
        IntroduceRequest.newBuilder().setSelf(MemberForms.write(self)).build();
    for (Founder other : others) {
      ManagedChannel channel = channels.computeIfAbsent(other, Introductions::open);
      try {
        answers.put(
            other,
            FoundingGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                .introduce(request));
      } catch (StatusRuntimeException e) {
        LOG.debug("{} does not answer yet", other.name(), e);
        // The next round is the backoff.
        channel.resetConnectBackoff();
      }
    }
    return answers;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  private static ManagedChannel open(Founder other) {
    return NettyChannelBuilder.forTarget("dns:///" + other.addresses().peer())
        .usePlaintext()
        .build();
  }
}
