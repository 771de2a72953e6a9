package dev.trivet.replicate;

/**
 * When the next entry sets out. An entry costs the three nodes about the same whether it holds one
 * command or a hundred, and who writes in a loop comes back soon after an answer. Setting out with
 * the first who is back leaves all others to the entry after it: two half empty entries for each
 * round of answers. So the next entry waits until those are there who were answered by the last one
 * or waited behind it, though no longer than the last one took, which is what they would have
 * waited for without this.
 *
 * <p>Whether they come back is not known but tried: each wait in vain is followed by more and more
 * entries that do not wait. A single writer never waits.
 *
 * <p>Times are nanoseconds of a monotonic clock. Safe for any thread.
 */
final class EntryPace {
  /** No entry is worth a longer wait, however slow the last one was. */
  private static final long MAX_WAIT_NANOS = 20_000_000;

  private static final int MISS_PAUSE = 4;
  private static final int MAX_MISS_PAUSE = 256;

  /** An eighth of those that are expected may stay away. */
  private static final int STRAGGLERS = 8;

  private int expected;
  private long until;
  private boolean hasWaited;
  private int pause = MISS_PAUSE;
  private int entriesWithoutWait;

  /**
   * The entry in flight was answered.
   *
   * @param answered commands in it
   * @param waiting commands behind it
   * @param took nanoseconds from setting out to now
   */
  synchronized void ended(int answered, int waiting, long took, long now) {
    expected = answered + waiting;
    hasWaited = false;
    if (entriesWithoutWait > 0) {
      entriesWithoutWait--;
      until = now;
    } else {
      until = now + Math.min(took, MAX_WAIT_NANOS);
    }
  }

  /** How long the commands that wait should still wait for others; 0 is not at all. */
  synchronized long wait(int waiting, long now) {
    if (isComplete(waiting)) {
      return 0;
    }
    long left = Math.max(0, until - now);
    hasWaited |= left > 0;
    return left;
  }

  /** An entry sets out. */
  synchronized void began(int commands) {
    if (!hasWaited) {
      return;
    }
    if (isComplete(commands)) {
      pause = MISS_PAUSE;
    } else {
      entriesWithoutWait = pause;
      pause = Math.min(2 * pause, MAX_MISS_PAUSE);
    }
  }

  private boolean isComplete(int commands) {
    return commands >= expected - expected / STRAGGLERS;
  }
}
