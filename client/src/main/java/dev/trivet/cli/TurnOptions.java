package dev.trivet.cli;

import dev.trivet.errors.ErrorCode;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long to wait for a turn, and how long it outlives its holder. */
final class TurnOptions {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  @Option(
      names = "--ttl",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long it outlives a holder that is cut off (${DEFAULT-VALUE}).")
  private long ttlSeconds;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "How long to wait for it at most; 0 is without end.")
  private long waitSeconds;

  Duration ttl() {
    if (ttlSeconds < 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "--ttl is " + ttlSeconds + " s, at least 1 is needed");
    }
    return Duration.ofSeconds(ttlSeconds);
  }

  Duration waiting() {
    if (waitSeconds < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "--wait is " + waitSeconds + " s, at least 0 is needed");
    }
    return waitSeconds == 0 ? FOR_EVER : Duration.ofSeconds(waitSeconds);
  }
}
