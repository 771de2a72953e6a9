package dev.trivet.node.founding;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerTrust;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node at the door until the configuration in force has it: its admission may fail after
 * the node has begun to catch up, and then 'trivet cluster add' must find it again.
 *
 * <p>Owns the thread {@code joining}.
 */
public final class Joining implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
  private static final long ROUND_MILLIS = 1_000;

  private final PeerTrust trust;
  private final Member self;
  private final List<Founder> others;
  private final Supplier<List<Member>> members;
  private final Thread thread;

  /**
   * @param initial whom to introduce the node to
   * @param members the configuration in force as this node knows it
   */
  public Joining(
      PeerTrust trust, Member self, List<Founder> initial, Supplier<List<Member>> members) {
    this.trust = trust;
    this.self = self;
    this.others = initial.stream().filter(other -> !other.name().equals(self.name())).toList();
    this.members = members;
    this.thread = Thread.ofPlatform().name("joining").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try (Introductions introductions = new Introductions(trust, self)) {
      while (!isIn()) {
        introductions.ask(others);
        Thread.sleep(ROUND_MILLIS);
      }
      LOG.debug("{} is in the configuration", self.name());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isIn() {
    return members.get().stream().anyMatch(member -> member.id() == self.id());
  }
}
