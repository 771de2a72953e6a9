package dev.trivet.watch;

import dev.trivet.errors.TrivetException;
import dev.trivet.state.entry.Change.KeysChanged;
import java.util.List;

/** Where a watcher's events go. Called by the dispatcher thread alone: must not block. */
public interface WatchSink {
  /**
   * Whether it takes events now. After it was false and became true, {@link Watch#resume} must be
   * called.
   */
  boolean isReady();

  /** Whether events shall carry the version before, where there was one. Always the same. */
  boolean wantsPrevious();

  /** Whole revisions, in order, with only the events that the watcher wants; none is empty. */
  void onEvents(List<KeysChanged> revisions);

  /** The watch is over: it is behind this oldest readable revision. */
  void onCompacted(long compactedRevision);

  /** The watch is over: the events could not be read. */
  void onFailed(TrivetException failure);
}
