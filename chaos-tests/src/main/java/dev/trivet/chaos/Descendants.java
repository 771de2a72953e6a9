package dev.trivet.chaos;

/** What this process has started, and what that has started in turn. */
public final class Descendants {
  private Descendants() {}

  /**
   * From now on they are killed when this process ends, also when it is told to by a signal: a run
   * that is ended leaves no run of its own, and no node, behind.
   */
  public static void endWithThisProcess() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                "descendants"));
  }
}
