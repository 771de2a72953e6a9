package dev.trivet.api.port;

/**
 * Answers the requests for one path without a waiting thread: later, or in pieces for as long as
 * the client stays, while the request's own body may still come.
 */
public interface HttpConversation {
  /**
   * Whether the body is heard in pieces; otherwise it is there, whole, before the conversation
   * begins.
   */
  boolean isBodyInPieces();

  /**
   * Begins. Called on the connection's event loop, so it may not wait.
   *
   * @param call its body is empty when it comes in pieces
   * @param answering to be used from any thread, until its answer is over
   */
  HttpListener begin(HttpCall call, HttpAnswering answering);
}
