package dev.trivet.sim;

import dev.trivet.store.LogPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a {@link RaftModel} in memory, behind those that a snapshot stands for.
 *
 * <p>Invariant: {@code base <= last}; the entry behind {@code base} is the first one here.
 */
final class ModelLog {
  private final List<Entry> entries = new ArrayList<>();
  private LogPosition base;

  ModelLog(LogImage image) {
    base = new LogPosition(image.baseTerm(), image.base());
    entries.addAll(image.entries());
  }

  /** Everything up to here is purged. */
  long base() {
    return base.index();
  }

  long last() {
    return base.index() + entries.size();
  }

  LogPosition lastPosition() {
    return new LogPosition(termAt(last()), last());
  }

  long termAt(long index) {
    return index == base() ? base.term() : entry(index).position().term();
  }

  boolean holds(LogPosition position) {
    return position.index() <= last() && termAt(position.index()) == position.term();
  }

  Entry entry(long index) {
    return entries.get((int) (index - base() - 1));
  }

  /** Some of those behind an index. */
  List<Entry> after(long index, int atMost) {
    int from = (int) (index - base());
    return List.copyOf(entries.subList(from, Math.min(entries.size(), from + atMost)));
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  void truncateFrom(long index) {
    entries.subList((int) (index - base() - 1), entries.size()).clear();
  }

  /** Leaves out what is not behind this position. */
  void purge(LogPosition upTo) {
    entries.subList(0, (int) (upTo.index() - base())).clear();
    base = upTo;
  }

  /** Begins anew behind a snapshot, with what is known to follow it. */
  void beginBehind(LogPosition snapshot) {
    if (holds(snapshot)) {
      purge(snapshot);
    } else {
      entries.clear();
      base = snapshot;
    }
  }

  LogImage image(long term, int votedFor) {
    return new LogImage(term, votedFor, base.index(), base.term(), List.copyOf(entries));
  }
}
