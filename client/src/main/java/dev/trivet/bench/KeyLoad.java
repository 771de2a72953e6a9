package dev.trivet.bench;

import dev.trivet.errors.ErrorCode;
import java.util.List;

/**
 * What to measure.
 *
 * @param endpoints each "host:port"; outstanding requests are spread over them evenly
 * @param connections to each endpoint, 1 to 1,000
 * @param op what each request does
 * @param clients requests outstanding at any time, 1 to 100,000
 * @param valueSizeBytes size of each value, 0 to 1 MiB
 * @param keys number of different keys, chosen evenly at random
 * @param timing when to count
 */
public record KeyLoad(
    List<String> endpoints,
    int connections,
    Op op,
    int clients,
    int valueSizeBytes,
    int keys,
    Timing timing) {
  private static final int MOST_CLIENTS = 100_000;
  private static final int MOST_CONNECTIONS = 1_000;
  private static final int LARGEST_VALUE_BYTES = 1 << 20;

  /** Linearizable read or write of one key. */
  public enum Op {
    PUT,
    GET
  }

  /** Checks the ranges; throws INVALID_ARGUMENT. */
  public KeyLoad {
    endpoints = List.copyOf(endpoints);
    require(!endpoints.isEmpty(), "0 endpoints given, at least 1 is needed");
    require(
        connections >= 1 && connections <= MOST_CONNECTIONS,
        "connections is " + connections + ", allowed is 1 to " + MOST_CONNECTIONS);
    require(
        clients >= 1 && clients <= MOST_CLIENTS,
        "clients is " + clients + ", allowed is 1 to " + MOST_CLIENTS);
    require(
        valueSizeBytes >= 0 && valueSizeBytes <= LARGEST_VALUE_BYTES,
        "value size is " + valueSizeBytes + ", allowed is 0 to " + LARGEST_VALUE_BYTES);
    require(keys >= 1, "keys is " + keys + ", at least 1 is needed");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw ErrorCode.INVALID_ARGUMENT.exception(message);
    }
  }
}
