package dev.trivet.bench.churn;

import dev.trivet.bench.Timing;
import dev.trivet.errors.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What to do to the servers, for how long, and what to look at.
 *
 * @param endpoints each "host:port"; everything is spread over them evenly
 * @param connections to each endpoint
 * @param objects that are there at a time, at least as many as writers
 * @param valueSizeBytes of each value, 0 to 1 MiB
 * @param writers each with its own share of the objects and one transaction under way
 * @param writesPerSecond of all writers; 0: the next as soon as one is answered
 * @param watchers of all objects, 0 and more
 * @param listsPerMinute one at a time; 0: none
 * @param compactEvery to the revision of one such time before
 * @param progressEvery how often each watcher asks for its progress; zero: it waits to be told
 * @param sampleEvery how often a row is told
 * @param folders of the servers, on this machine; may be empty
 * @param timing when to count, and whose memory to read
 */
public record ChurnLoad(
    List<String> endpoints,
    int connections,
    int objects,
    int valueSizeBytes,
    int writers,
    int writesPerSecond,
    int watchers,
    int listsPerMinute,
    Duration compactEvery,
    Duration progressEvery,
    Duration sampleEvery,
    List<Path> folders,
    Timing timing) {
  private static final int LARGEST_VALUE_BYTES = 1 << 20;

  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public ChurnLoad {
    endpoints = List.copyOf(endpoints);
    folders = List.copyOf(folders);
    require(
        !endpoints.isEmpty() && connections >= 1,
        "%d endpoints with %d connections each, at least 1 is needed"
            .formatted(endpoints.size(), connections));
    require(
        writers >= 1 && objects >= writers,
        "%d writers of %d objects: at least 1 is needed, and an object for each"
            .formatted(writers, objects));
    require(
        valueSizeBytes >= 0 && valueSizeBytes <= LARGEST_VALUE_BYTES,
        "values of %d bytes, allowed is 0 to %d".formatted(valueSizeBytes, LARGEST_VALUE_BYTES));
    require(
        writesPerSecond >= 0 && watchers >= 0 && listsPerMinute >= 0,
        "%d writes per second, %d watchers, %d lists per minute: none may be negative"
            .formatted(writesPerSecond, watchers, listsPerMinute));
    require(
        compactEvery.isPositive() && sampleEvery.isPositive() && !progressEvery.isNegative(),
        "compaction every %s, progress every %s, a sample every %s: only progress may be zero"
            .formatted(compactEvery, progressEvery, sampleEvery));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw ErrorCode.INVALID_ARGUMENT.exception(message);
    }
  }
}
