package dev.trivet.api.edge;

/**
 * How large a request of etcd's API may be.
 *
 * @param requestBytes of the whole message; what a command of the log can hold is the most
 * @param operations in each list of a transaction, with those of nested ones on top
 */
public record RequestLimits(int requestBytes, int operations) {
  /** etcd's defaults of {@code --max-request-bytes} and {@code --max-txn-ops}. */
  public static final RequestLimits DEFAULT = new RequestLimits(3 << 19, 128);

  private static final int MAX_REQUEST_BYTES = 3 << 20;
  private static final int MAX_OPERATIONS = 10_000;

  public RequestLimits {
    require("request bytes", requestBytes, 1024, MAX_REQUEST_BYTES);
    require("operations of a transaction", operations, 1, MAX_OPERATIONS);
  }

  private static void require(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: %d, allowed are %d to %d".formatted(what, value, min, max));
    }
  }
}
