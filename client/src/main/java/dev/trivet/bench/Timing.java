package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import java.util.List;

/**
 * When to count, and whose processor time and memory to read.
 *
 * @param warmup load before counting begins
 * @param measured how long to count
 * @param pids server processes on this machine; may be empty
 */
public record Timing(Duration warmup, Duration measured, List<Long> pids) {
  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public Timing {
    pids = List.copyOf(pids);
    if (!measured.isPositive() || warmup.isNegative()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "measured time is "
              + measured
              + " and warm-up "
              + warmup
              + ": one must be positive, the other not negative");
    }
  }
}
