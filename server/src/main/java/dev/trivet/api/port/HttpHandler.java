package dev.trivet.api.port;

/** Answers the requests for one path. Called on virtual threads, by many at a time. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * May block. What it throws is answered by its row of {@link dev.trivet.errors.ErrorCode}, as
   * plain text.
   *
   * @throws InterruptedException when the port closes
   */
  HttpReply answer(HttpCall call) throws InterruptedException;
}
