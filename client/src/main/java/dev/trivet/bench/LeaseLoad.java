package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.util.List;

/**
 * Leases to keep alive.
 *
 * @param endpoints each "host:port"; leases are spread over them evenly
 * @param connections to each endpoint; each has one stream of renewals
 * @param leases how many, 1 to 1,000,000
 * @param perSecond renewals per second of all leases together; 0: each again as soon as it is
 *     answered
 * @param timing when to count
 */
public record LeaseLoad(
    List<String> endpoints, int connections, int leases, int perSecond, Timing timing) {
  private static final int MOST_LEASES = 1_000_000;

  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public LeaseLoad {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()
        || connections < 1
        || leases < 1
        || leases > MOST_LEASES
        || perSecond < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "%d endpoints, %d connections, %d leases, %d per second: allowed are 1 and more, 1 and more, 1 to %d, 0 and more"
              .formatted(endpoints.size(), connections, leases, perSecond, MOST_LEASES));
    }
  }
}
