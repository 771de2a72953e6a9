package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.util.List;

/**
 * A key space that grows.
 *
 * @param endpoints each "host:port"; requests are spread over them evenly
 * @param connections to each endpoint
 * @param keys how many keys there are at the end, 1,000 and more
 * @param writers requests under way while it grows
 * @param putsPerRequest while it grows: 1, or a transaction of so many, 128 at most as etcd has it
 * @param valueSizeBytes of each value, 0 to 1 MiB
 * @param probe how long gets and puts are counted at each power of ten
 */
public record GrowLoad(
    List<String> endpoints,
    int connections,
    int keys,
    int writers,
    int putsPerRequest,
    int valueSizeBytes,
    Timing probe) {
  private static final int FEWEST_KEYS = 1_000;
  private static final int MOST_PUTS = 128;
  private static final int LARGEST_VALUE_BYTES = 1 << 20;

  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public GrowLoad {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()
        || connections < 1
        || keys < FEWEST_KEYS
        || writers < 1
        || putsPerRequest < 1
        || putsPerRequest > MOST_PUTS
        || valueSizeBytes < 0
        || valueSizeBytes > LARGEST_VALUE_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "%d endpoints, %d connections, %d keys, %d writers, %d puts a request, values of %d bytes: allowed are 1 and more of each, at least %d keys, up to %d puts and up to %d bytes"
              .formatted(
                  endpoints.size(),
                  connections,
                  keys,
                  writers,
                  putsPerRequest,
                  valueSizeBytes,
                  FEWEST_KEYS,
                  MOST_PUTS,
                  LARGEST_VALUE_BYTES));
    }
  }
}
