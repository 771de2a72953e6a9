package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that have introduced themselves lately. Each must do so again within 30 s to go on waiting;
 * at most 64 names wait at once. Safe for any thread.
 */
public final class Door {
  private static final long STAY_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_WAITING = 64;

  /** Who came, and when by the monotonic clock. */
  private record Visit(Member member, long nanos) {}

  private final LongSupplier nanoTime;
  private final Map<String, Visit> visits = new LinkedHashMap<>();

  public Door() {
    this(System::nanoTime);
  }

  Door(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A node is there, be it a member or not. The latest under a name takes the place of the one
   * before.
   *
   * @throws dev.trivet.errors.TrivetException {@code TOO_MANY_REQUESTS} when 64 others wait
   */
  public synchronized void introduced(Member member) {
    dropStale();
    if (visits.size() == MAX_WAITING && !visits.containsKey(member.name())) {
      throw ErrorCode.TOO_MANY_REQUESTS.exception(
          MAX_WAITING + " nodes wait to be admitted already, and no more may");
    }
    visits.put(member.name(), new Visit(member, nanoTime.getAsLong()));
  }

  /** Who is there, by name. */
  synchronized List<Member> visitors() {
    dropStale();
    return visits.values().stream()
        .map(Visit::member)
        .sorted(Comparator.comparing(Member::name))
        .toList();
  }

  /** Null when nobody of this name is there. */
  synchronized @Nullable Member visitor(String name) {
    dropStale();
    Visit visit = visits.get(name);
    return visit == null ? null : visit.member();
  }

  private void dropStale() {
    long now = nanoTime.getAsLong();
    visits.values().removeIf(visit -> now - visit.nanos() > STAY_NANOS);
  }
}
