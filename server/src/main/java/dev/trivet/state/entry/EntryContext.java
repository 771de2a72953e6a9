package dev.trivet.state.entry;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.Refusal;
import dev.trivet.store.Batch;
import dev.trivet.store.LogPosition;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One log entry while it is applied.
 *
 * <p>Invariant: {@code timeMillis} never goes back from entry to entry, whatever the leaders'
 * clocks said. A command that is refused has written nothing: check first, then write, or use
 * {@link #savepoint} and {@link #rollback}.
 */
public final class EntryContext {
  private final Batch rows;
  private final LogPosition position;
  private final long timeMillis;
  private final List<Change> changes = new ArrayList<>();
  private int changesAtSavepoint;

  public EntryContext(Batch rows, LogPosition position, long stampedMillis) {
    this.rows = rows;
    this.position = position;
    this.timeMillis = Math.max(stampedMillis, Counter.LOG_TIME.in(rows));
    set(Counter.LOG_TIME, timeMillis);
  }

  public Batch rows() {
    return rows;
  }

  public LogPosition position() {
    return position;
  }

  /** The log's time, milliseconds since the epoch. */
  public long timeMillis() {
    return timeMillis;
  }

  public long get(Counter counter) {
    return counter.in(rows);
  }

  public void set(Counter counter, long value) {
    rows.put(Table.META, counter.key(), ByteBuffer.allocate(8).putLong(value).array());
  }

  /** Adds one and returns the new value. */
  public long next(Counter counter) {
    long value = get(counter) + 1;
    set(counter, value);
    return value;
  }

  public void tell(Change change) {
    changes.add(change);
  }

  public List<Change> changes() {
    return List.copyOf(changes);
  }

  public void savepoint() {
    rows.savepoint();
    changesAtSavepoint = changes.size();
  }

  public void rollback() {
    rows.rollback();
    changes.subList(changesAtSavepoint, changes.size()).clear();
  }

  /** A refusal with the code's own text. */
  public static Outcome refuse(ErrorCode code) {
    return refuse(code, code.text());
  }

  public static Outcome refuse(ErrorCode code, String message) {
    return Outcome.newBuilder()
        .setRefusal(Refusal.newBuilder().setCode(code.name()).setMessage(message))
        .build();
  }
}
