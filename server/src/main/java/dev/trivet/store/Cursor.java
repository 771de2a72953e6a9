package dev.trivet.store;

/**
 * A walk over rows. Stands before the first row until {@link #next} is called. Belongs to one
 * thread; must be closed.
 */
public interface Cursor extends AutoCloseable {
  /** Steps to the next row; false at the end. */
  boolean next();

  byte[] key();

  byte[] value();

  @Override
  void close();
}
