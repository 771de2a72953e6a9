package dev.trivet.chaos.environment;

import java.io.IOException;

/** One node: its place stays, its process comes and goes. */
public interface Node {
  String name();

  /** Where clients reach it, host:port. */
  String endpoint();

  /** Whether its process is there, be it paused. */
  boolean isRunning();

  /** Whether it can do a linearizable read now. */
  default boolean isReady() {
    return notReady().isEmpty();
  }

  /** Why it cannot; empty if it can. */
  String notReady();

  /** Starts the process; it may not serve yet. */
  void start() throws IOException;

  /** SIGKILL, or what comes nearest; returns when the process is gone. */
  void kill() throws IOException, InterruptedException;

  /**
   * Has it stand still, with its sockets open.
   *
   * @throws IllegalStateException where {@link Capability#PAUSES} is lacking
   */
  void pause() throws IOException, InterruptedException;

  /** Lets it go on. */
  void resume() throws IOException, InterruptedException;

  /** Whether it stands still, by whoever can tell. */
  Standstill standstill() throws IOException;

  /**
   * Whether a node stands still.
   *
   * @param how it shows, for the report
   */
  record Standstill(boolean isThere, String how) {}

  /**
   * The node as a process of this machine.
   *
   * @throws IllegalStateException where {@link Capability#PROCESSES} is lacking
   */
  LocalNode local();
}
