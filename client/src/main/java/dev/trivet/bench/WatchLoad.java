package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.util.List;

/**
 * One writer and many watchers of what it writes.
 *
 * @param endpoints each "host:port"; watchers are spread over them evenly
 * @param connections to each endpoint
 * @param streams on each connection; the watchers of a client share one
 * @param watchers how many, 1 to 100,000
 * @param putsPerSecond 0: the next put as soon as one is answered
 * @param valueSizeBytes of each value, 16 to 1 MiB
 * @param timing when to count
 */
public record WatchLoad(
    List<String> endpoints,
    int connections,
    int streams,
    int watchers,
    int putsPerSecond,
    int valueSizeBytes,
    Timing timing) {
  private static final int MOST_WATCHERS = 100_000;
  private static final int LARGEST_VALUE_BYTES = 1 << 20;

  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public WatchLoad {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()
        || connections < 1
        || streams < 1
        || watchers < 1
        || watchers > MOST_WATCHERS
        || putsPerSecond < 0
        || valueSizeBytes < Stamp.BYTES
        || valueSizeBytes > LARGEST_VALUE_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "%d endpoints, %d connections, %d streams, %d watchers, %d puts per second, values of %d bytes: allowed are 1 and more of each, at most %d watchers, and %d to %d bytes"
              .formatted(
                  endpoints.size(),
                  connections,
                  streams,
                  watchers,
                  putsPerSecond,
                  valueSizeBytes,
                  MOST_WATCHERS,
                  Stamp.BYTES,
                  LARGEST_VALUE_BYTES));
    }
  }
}
