package dev.trivet.chaos.environment;

import java.io.IOException;
import java.time.Duration;

/**
 * What lies between the nodes; clients are not touched. Rules add up until {@link #heal} takes all
 * of them back.
 *
 * <p>What a network cannot do throws {@link IllegalStateException}: its environment says before
 * that it {@link Environment#lacking lacks} that.
 */
public interface Network {
  /** Nothing that {@code from} says reaches {@code to}. */
  default void cut(Node from, Node to) throws IOException {
    throw impossible("cut");
  }

  /** The node loses what leads to the others, and its address there; clients still reach it. */
  default void disconnect(Node node) throws IOException {
    throw impossible("disconnect");
  }

  /** What {@code from} says to {@code to} is answered as if nobody had that connection. */
  default void reset(Node from, Node to) throws IOException {
    throw impossible("reset");
  }

  /**
   * Packets from {@code from} get lost on the way to {@code to}.
   *
   * @param share of them, above 0 and at most 1
   */
  default void lose(Node from, Node to, double share) throws IOException {
    throw impossible("lose");
  }

  /**
   * What {@code from} says reaches {@code to} so much later, each time by up to half of it more.
   */
  default void delay(Node from, Node to, Duration late) throws IOException {
    throw impossible("delay");
  }

  /** The node sends no faster. */
  default void limit(Node from, long bytesPerSecond) throws IOException {
    throw impossible("limit");
  }

  /** Takes all rules back. */
  void heal() throws IOException;

  /** What the rules have done since they were made. */
  Touched touched() throws IOException;

  private static IllegalStateException impossible(String what) {
    return new IllegalStateException("this network cannot do that: " + what);
  }

  /**
   * What was done to traffic, counted by who did it.
   *
   * @param count packets, or pieces of streams, that were dropped, refused or made late
   * @param what the counting says, for the report
   */
  record Touched(long count, String what) {}
}
