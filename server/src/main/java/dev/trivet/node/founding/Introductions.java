package dev.trivet.node.founding;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerChannels;
import dev.trivet.peer.PeerErrors;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.peer.FoundingGrpc;
import dev.trivet.proto.peer.IntroduceRequest;
import dev.trivet.proto.peer.IntroduceResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of a node that is not a member yet: who are you, and do you know a cluster? */
final class Introductions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);
  private static final long CALL_SECONDS = 2;

  private final PeerTrust trust;
  private final Member self;
  private final Map<Founder, ManagedChannel> channels = new HashMap<>();
  private String refusal = "";

  Introductions(PeerTrust trust, Member self) {
    this.trust = trust;
    this.self = self;
  }

  /** The answers of those that are up, by who was asked. */
  Map<Founder, IntroduceResponse> ask(Iterable<Founder> others) {
    Map<Founder, IntroduceResponse> answers = new HashMap<>();
    refusal = "";
    IntroduceRequest request =
        IntroduceRequest.newBuilder().setSelf(MemberForms.write(self)).build();
    for (Founder other : others) {
      ManagedChannel channel =
          channels.computeIfAbsent(
              other, unknown -> PeerChannels.open(trust, unknown.addresses().peer()));
      try {
        answers.put(
            other,
            FoundingGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                .introduce(request));
      } catch (StatusRuntimeException e) {
        LOG.debug("{} does not answer yet", other.name(), e);
        TrivetException there = PeerErrors.thrownThere(e);
        if (there != null) {
          refusal = other.name() + " refuses this node: " + there.getMessage();
        }
        // The next round is the backoff.
        channel.resetConnectBackoff();
      }
    }
    return answers;
  }

  /** What a node said that wants nothing to do with this one, in the last round; may be empty. */
  String refusal() {
    return refusal;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
