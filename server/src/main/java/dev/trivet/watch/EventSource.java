package dev.trivet.watch;

import dev.trivet.state.entry.Change.KeysChanged;
import java.util.List;

/** The events of past revisions, as this node has applied them. */
public interface EventSource {
  /**
   * The revisions from {@code fromRevision} on, in order, none left out, each whole: as many as
   * make up {@code maxEvents} events, but at least one if there is any.
   *
   * @return empty if {@code fromRevision} is a future revision
   * @throws dev.trivet.errors.TrivetException COMPACTED if {@code fromRevision} is below {@link
   *     #compactedRevision}
   */
  List<KeysChanged> read(long fromRevision, int maxEvents);

  /** The oldest revision that can be read. */
  long compactedRevision();

  /** The newest revision that can be read; everything up to it is applied. */
  long currentRevision();
}
