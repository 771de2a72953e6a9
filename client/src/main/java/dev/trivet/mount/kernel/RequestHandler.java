package dev.trivet.mount.kernel;

/** What answers the kernel's requests. Called by many threads at once. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers one request with exactly one of the send methods. A request that is not answered when
   * this returns or throws is answered EIO.
   */
  void handle(Request request);
}
