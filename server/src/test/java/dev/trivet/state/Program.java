package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.proto.log.Command;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands with the times of their entries. */
record Program(List<Step> steps) {
  private static final int LARGEST_ENTRY = 6;

  /** Files are slow: of so many programs one is restarted and one goes on from a snapshot. */
  private static final int FILES_EVERY = 500;

  /** A command and the time of its entry. */
  record Step(long millis, Command command) {}

  /**
   * The state machine's promise: whatever the entries and the restarts, the same state.
   *
   * @param restartEvery in the run with restarts, after entries that end at a multiple of this
   */
  void assertSameState(Path folder, long seed, int restartEvery) {
    long singly = hashAfter(folder.resolve("one-" + seed), 1, 0);

    assertThat(hashAfter(folder.resolve("grouped-" + seed), 9, 0))
        .as("seed %d", seed)
        .isEqualTo(singly);
    assertThat(hashAfter(folder.resolve("restarted-" + seed), 4, restartEvery))
        .as("seed %d", seed)
        .isEqualTo(singly);
  }

  /**
   * The same promise on stores that thousands of programs use, by what the first has after it: in
   * other entries, and with the rest run from the rows or files of the middle.
   */
  void assertSameState(ReusedStore one, ReusedStore other, long seed, Random random) {
    long hash = one.hash();
    runInEntries(other, random, seed % FILES_EVERY == 1);
    assertThat(other.hash()).as("seed %d, in other entries", seed).isEqualTo(hash);
    runFromTheMiddle(other, one, random, seed % FILES_EVERY == 2);
    assertThat(one.hash()).as("seed %d, from a snapshot", seed).isEqualTo(hash);
  }

  /** Runs in entries of random size, in a store that is cleared first. */
  private void runInEntries(ReusedStore store, Random random, boolean isRestarted) {
    store.clear();
    run(store, random, 0, steps.size() / 2);
    if (isRestarted) {
      store.restart();
    }
    run(store, random, steps.size() / 2, steps.size());
  }

  /**
   * Runs a part in one store and the rest in another, which takes over the rows.
   *
   * @param isByFiles by a snapshot's files, else by the rows alone
   */
  private void runFromTheMiddle(
      ReusedStore store, ReusedStore next, Random random, boolean isByFiles) {
    int middle = random.nextInt(steps.size());
    store.clear();
    run(store, random, 0, middle);
    if (isByFiles) {
      next.takeSnapshotOf(store);
    } else {
      next.takeRowsOf(store);
    }
    run(next, random, middle, steps.size());
  }

  private void run(ReusedStore store, Random random, int from, int to) {
    int at = from;
    while (at < to) {
      int end = at + 1 + random.nextInt(LARGEST_ENTRY);
      List<Command> entry = new ArrayList<>();
      long millis = steps.get(at).millis();
      while (at < Math.min(end, to) && steps.get(at).millis() == millis) {
        entry.add(steps.get(at).command());
        at++;
      }
      var _ = store.apply(millis, entry);
    }
  }

  private long hashAfter(Path directory, int group, int restartEvery) {
    Store store = Store.open(directory, StoreOptions.DEFAULT);
    int from = 0;
    while (from < steps.size()) {
      long millis = steps.get(from).millis();
      List<Command> entry = new ArrayList<>();
      int to = from;
      while (to < steps.size() && to < from + group && steps.get(to).millis() == millis) {
        entry.add(steps.get(to).command());
        to++;
      }
      new StateMachine(store, id -> true).apply(new LogPosition(1, to), millis, entry);
      from = to;
      if (restartEvery != 0 && to % restartEvery == 0) {
        store.close();
        store = Store.open(directory, StoreOptions.DEFAULT);
      }
    }
    long hash = store.stateHash();
    store.close();
    return hash;
  }
}
