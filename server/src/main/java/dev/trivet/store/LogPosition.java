package dev.trivet.store;

/** Term and index of a log entry; {@link #NONE} before the first. */
public record LogPosition(long term, long index) {
  public static final LogPosition NONE = new LogPosition(0, -1);
}
