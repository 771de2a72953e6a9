package dev.trivet.extents;

import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.replicate.Leadership;
import dev.trivet.state.Applied;
import dev.trivet.state.StateMachine;
import dev.trivet.store.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The log of a cluster of one, in memory, whose entries get the times that a test wants: no clock
 * can be set ahead. Entries may be committed and not applied yet, as on a node that is behind; a
 * barrier applies them first.
 */
final class HandStampedLog implements CommandLog {
  private final StateMachine state;
  private final Member self;
  private final List<Entry> behind = new ArrayList<>();
  private long timeMillis;

  private record Entry(long timeMillis, Command command) {}

  HandStampedLog(StateMachine state, Member self) {
    this.state = state;
    this.self = self;
  }

  void setTime(long millis) {
    timeMillis = millis;
  }

  /** Commits a command that this node has not applied yet. */
  void commitUnapplied(Command command) {
    behind.add(new Entry(timeMillis, command));
  }

  @Override
  public CompletableFuture<Committed> propose(Command command) {
    commitUnapplied(command);
    return CompletableFuture.completedFuture(catchUp());
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    if (!behind.isEmpty()) {
      var _ = catchUp();
    }
    return CompletableFuture.completedFuture(state.store().applied().index());
  }

  @Override
  public CompletableFuture<Long> confirmLeadership() {
    return readBarrier();
  }

  @Override
  public Leadership leadership() {
    return new Leadership(1, self, true);
  }

  @Override
  public long committedIndex() {
    return state.store().applied().index() + behind.size();
  }

  @Override
  public long appliedIndex() {
    return state.store().applied().index();
  }

  private Committed catchUp() {
    Applied last = null;
    for (Entry entry : behind) {
      LogPosition next = new LogPosition(1, state.store().applied().index() + 1);
      last = state.apply(next, entry.timeMillis, List.of(entry.command));
    }
    behind.clear();
    if (last == null) {
      throw new IllegalStateException("nothing is behind");
    }
    return new Committed(last.position().index(), last.outcomes().getLast());
  }
}
