package dev.trivet.logs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Holds back events of foreign code that come again and again, such as one for each message that a
 * node refuses: of those that differ in numbers alone, one in ten seconds is told.
 *
 * <p>Safe for any thread.
 */
final class Repeats {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_KNOWN = 256;
  private static final int LONGEST_KEY = 100;
  private static final Pattern NUMBERS = Pattern.compile("[0-9a-f]*[0-9][0-9a-f]*");

  /** When the last one was told, and how many were held back since. */
  private record Told(long nanos, long heldBack) {}

  private final Map<String, Told> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
          return size() > MAX_KNOWN;
        }
      };

  /**
   * An event has happened.
   *
   * @param nanos by a monotonic clock
   * @return empty: do not tell it; else how many like it were held back since the last one
   */
  synchronized OptionalLong toTell(String message, long nanos) {
    String numberless = NUMBERS.matcher(message).replaceAll("#");
    String key = numberless.substring(0, Math.min(LONGEST_KEY, numberless.length()));
    Told last = known.get(key);
    if (last != null && nanos - last.nanos < QUIET_NANOS) {
      known.put(key, new Told(last.nanos, last.heldBack + 1));
      return OptionalLong.empty();
    }
    known.put(key, new Told(nanos, 0));
    return OptionalLong.of(last == null ? 0 : last.heldBack);
  }
}
