package dev.trivet.api.gateway;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import io.grpc.Context;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take, by the header {@code Grpc-Timeout}: up to eight digits and a unit, as
 * gRPC itself writes it.
 */
final class TimeLimits {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,8})([HMSmun])");

  private TimeLimits() {}

  /**
   * A call's context, which is cancelled by itself when the call's time is over.
   *
   * @param header null: there is no limit
   * @throws TrivetException INVALID_ARGUMENT when it has another form
   */
  static Context.CancellableContext context(@Nullable String header) {
    if (header == null) {
      return Context.ROOT.withCancellation();
    }
    Matcher parts = FORM.matcher(header);
    if (!parts.matches()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("invalid grpc-timeout: " + header);
    }
    long time = Long.parseLong(parts.group(1));
    return Context.ROOT.withDeadlineAfter(time, unit(parts.group(2)), ForkJoinPool.commonPool());
  }

  /** What such a call ends with, in the words of etcd's gateway. */
  static TrivetException passed() {
    return ErrorCode.DEADLINE_EXCEEDED.exception("context deadline exceeded");
  }

  private static TimeUnit unit(String letter) {
    return switch (letter) {
      case "H" -> TimeUnit.HOURS;
      case "M" -> TimeUnit.MINUTES;
      case "S" -> TimeUnit.SECONDS;
      case "m" -> TimeUnit.MILLISECONDS;
      case "u" -> TimeUnit.MICROSECONDS;
      default -> TimeUnit.NANOSECONDS;
    };
  }
}
