package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;
import dev.trivet.bench.churn.Violation.Kind;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What one watcher may be told. Each write of the load has a revision of its own, so that events'
 * revisions rise strictly; what was acknowledged to a writer must be told before anything later is,
 * be it an event or a progress notification.
 *
 * <p>Invariants: {@code told} is the highest revision of an event or a progress notification; all
 * of {@code awaited} is above it, all of {@code early} is not.
 */
final class WatchCheck {
  private final Consumer<Violation> violations;
  private final Map<ByteString, Seen> objects = new HashMap<>();

  /** Acknowledged, and not told yet. */
  private final NavigableSet<Long> awaited = new TreeSet<>();

  /** Told before it was acknowledged. */
  private final NavigableSet<Long> early = new TreeSet<>();

  private long begun;
  private long told;
  private boolean isWhole = true;

  /** What was told of an object. Of the value its hash: objects times watchers are many bytes. */
  private record Seen(long createRevision, long modRevision, long version, int valueHash) {
    static final Seen NOTHING = new Seen(0, 0, 0, 0);

    static Seen of(KeyValue object) {
      return new Seen(
          object.getCreateRevision(),
          object.getModRevision(),
          object.getVersion(),
          object.getValue().hashCode());
    }
  }

  /**
   * A check of a watch that begins after this revision, when there is no object.
   *
   * @param violations told of each
   */
  WatchCheck(long begun, Consumer<Violation> violations) {
    this.begun = begun;
    this.told = begun;
    this.violations = violations;
  }

  /** The watch has begun anew after this revision: what was before is not known any more. */
  void beginAgain(long revision) {
    objects.clear();
    awaited.clear();
    early.clear();
    begun = revision;
    told = revision;
    isWhole = false;
  }

  /** The highest revision that the watcher was told of: it goes on after it. */
  long told() {
    return told;
  }

  /** Whether it was told of all that was acknowledged. */
  boolean hasAll() {
    return awaited.isEmpty();
  }

  /** A write was answered with this revision. */
  void acknowledged(long revision) {
    if (revision <= begun || early.remove(revision)) {
      return;
    }
    if (revision <= told) {
      violated(
          Kind.MISSED,
          "the write of revision %d was not told, but revision %d was".formatted(revision, told));
      return;
    }
    awaited.add(revision);
  }

  void event(Event event) {
    KeyValue object = event.getKv();
    long revision = object.getModRevision();
    if (revision <= told) {
      violated(
          Kind.REPEATED,
          "an event of revision %d came when revision %d had been told".formatted(revision, told));
      return;
    }
    missedBefore(revision);
    told = revision;
    if (!awaited.remove(revision)) {
      early.add(revision);
    }
    boolean isDeleted = event.getType() == Event.EventType.DELETE;
    Seen before = isDeleted ? objects.remove(object.getKey()) : put(object);
    previous(event, before == null ? Seen.NOTHING : before);
  }

  private Seen put(KeyValue object) {
    Seen before = objects.put(object.getKey(), Seen.of(object));
    return before == null ? Seen.NOTHING : before;
  }

  private void previous(Event event, Seen before) {
    if (before.equals(Seen.NOTHING) && !isWhole) {
      return; // It may have been written before the watch began.
    }
    Seen said = event.hasPrevKv() ? Seen.of(event.getPrevKv()) : Seen.NOTHING;
    if (!said.equals(before)) {
      violated(
          Kind.WRONG_PREVIOUS,
          "the event of revision %d of %s says that before it was %s, but what was told is %s"
              .formatted(
                  event.getKv().getModRevision(),
                  event.getKv().getKey().toStringUtf8(),
                  said,
                  before));
    }
  }

  /** Everything up to this revision was told, says the server. */
  void progress(long revision) {
    if (revision < told) {
      violated(
          Kind.PROGRESS_BACK,
          "progress to revision %d came when revision %d had been told".formatted(revision, told));
      return;
    }
    missedBefore(revision + 1);
    told = revision;
  }

  private void missedBefore(long revision) {
    NavigableSet<Long> missed = awaited.headSet(revision, false);
    for (long each : missed) {
      violated(
          Kind.MISSED,
          "the write of revision %d was not told before that of revision %d"
              .formatted(each, revision));
    }
    missed.clear();
  }

  private void violated(Kind kind, String what) {
    violations.accept(new Violation(kind, what));
  }
}
