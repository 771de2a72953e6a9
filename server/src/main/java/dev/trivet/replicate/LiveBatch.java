package dev.trivet.replicate;

import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The commands of one entry that this node proposed itself, with who waits for each. */
final class LiveBatch {
  /** A command in the queue, and since when by the monotonic clock. */
  record Waiting(Command command, CompletableFuture<Committed> future, long queuedNanos) {}

  private final long stampedMillis;
  private final List<Waiting> waiting;

  /**
   * Whether Raft has begun to append it. While false, a failure means that nothing was or will be
   * applied.
   */
  private volatile boolean isReached;

  private volatile boolean isAnswered;

  LiveBatch(long stampedMillis, List<Waiting> waiting) {
    this.stampedMillis = stampedMillis;
    this.waiting = List.copyOf(waiting);
  }

  long stampedMillis() {
    return stampedMillis;
  }

  int size() {
    return waiting.size();
  }

  List<Command> commands() {
    List<Command> commands = new ArrayList<>(waiting.size());
    waiting.forEach(each -> commands.add(each.command()));
    return commands;
  }

  void reach() {
    isReached = true;
  }

  boolean isReached() {
    return isReached;
  }

  void complete(long index, List<Outcome> outcomes) {
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).future().complete(new Committed(index, outcomes.get(i)));
    }
    isAnswered = true;
  }

  /** Whether every command has its outcome. */
  boolean isAnswered() {
    return isAnswered;
  }

  /** Fails those that are not done yet. */
  void fail(Throwable cause) {
    waiting.forEach(each -> each.future().completeExceptionally(cause));
  }
}
