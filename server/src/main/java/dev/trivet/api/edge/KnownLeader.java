package dev.trivet.api.edge;

import dev.trivet.peer.Member;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Leadership;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who leads, as this node knew it a moment ago. Asked for every reply, so it asks the log only when
 * what it remembers is older than 20 ms.
 *
 * <p>Invariant: {@link #term} never goes back. Any thread may call.
 */
public final class KnownLeader {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final CommandLog log;
  private final AtomicLong term = new AtomicLong();
  private volatile @Nullable Seen seen;

  private record Seen(long atNanos, Leadership leadership, String name) {}

  public KnownLeader(CommandLog log) {
    this.log = log;
  }

  public Leadership leadership() {
    return seen().leadership();
  }

  /** "name=host:port" of the leader's client port; empty while none is known. */
  public String nameAndAddress() {
    return seen().name();
  }

  /** The highest term that was seen. */
  public long term() {
    return Math.max(seen().leadership().term(), term.get());
  }

  private Seen seen() {
    long now = System.nanoTime();
    Seen known = seen;
    if (known == null || now - known.atNanos() > FRESH_NANOS) {
      Leadership leadership = log.leadership();
      term.accumulateAndGet(leadership.term(), Math::max);
      Member leader = leadership.leader();
      known =
          new Seen(
              now, leadership, leader == null ? "" : leader.name() + "=" + leader.clientAddress());
      seen = known;
    }
    return known;
  }
}
