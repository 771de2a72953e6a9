package dev.trivet.api.edge;

import dev.trivet.peer.Member;
import dev.trivet.replicate.Membership;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node is a learner, as it was a moment ago: asked for with every call, so the
 * configuration is looked at only when what is remembered is older than 100 ms. Any thread may
 * call.
 */
public final class OwnRole {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Membership membership;
  private final long self;
  private volatile Seen seen;

  private record Seen(long atNanos, boolean isLearner) {}

  public OwnRole(Membership membership, Member self) {
    this.membership = membership;
    this.self = self.id();
    this.seen = new Seen(System.nanoTime() - 2 * FRESH_NANOS, false);
  }

  public boolean isLearner() {
    long now = System.nanoTime();
    Seen known = seen;
    if (now - known.atNanos() > FRESH_NANOS) {
      known =
          new Seen(
              now,
              membership.members().stream()
                  .anyMatch(member -> member.id() == self && member.role() == Member.Role.LEARNER));
      seen = known;
    }
    return known.isLearner();
  }
}
