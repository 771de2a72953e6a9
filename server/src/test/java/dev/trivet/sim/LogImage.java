package dev.trivet.sim;

import java.util.List;

/**
 * What is on a disk of the modelled Raft: everything that one sync brought there.
 *
 * @param votedFor a node, or -1
 * @param base index of the last entry that was purged; -1 for none
 * @param entries those after the base
 */
record LogImage(long term, int votedFor, long base, long baseTerm, List<Entry> entries) {
  static final LogImage EMPTY = new LogImage(0, -1, -1, 0, List.of());

  long last() {
    return base + entries.size();
  }

  /** Whether this log has the entry, or had it before it was purged. */
  boolean holds(long index, long term) {
    return index <= base
        || (index <= last() && entries.get((int) (index - base - 1)).position().term() == term);
  }
}
