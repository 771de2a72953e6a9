package dev.trivet.errors;

/**
 * A refusal or a failure that has a row in {@link ErrorCode}. Unchecked: it travels through futures
 * to the edge.
 */
public final class TrivetException extends RuntimeException {
  private final ErrorCode code;

  public TrivetException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public TrivetException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
