package dev.trivet.store;

import java.nio.file.Path;

/**
 * The tables of a {@link Store} while they are open. A seam for simulations, whose tables are in
 * memory and lose at a crash what was not flushed.
 *
 * <p>Failures are {@link StoreException}s.
 */
interface OpenTables extends AutoCloseable {
  /** Reads of the newest committed rows. */
  Rows newest();

  /**
   * What is committed now, unchanged until it is closed.
   *
   * @param onClose run once when the view is closed
   */
  ReadView view(Runnable onClose);

  /** Begins writes that become visible together. */
  Writes begin();

  /** Brings all committed writes to disk. */
  void flush();

  /** Writes what is committed into a folder that does not exist yet, and to disk. */
  void checkpoint(Path target);

  /** Gives back what deleted and overwritten rows take. */
  void reclaim();

  Store.Size size();

  @Override
  void close();

  /** Writes of all tables that become visible together or not at all. Belongs to one thread. */
  interface Writes extends AutoCloseable {
    void put(Table table, byte[] key, byte[] value);

    void delete(Table table, byte[] key);

    void commit();

    @Override
    void close();
  }
}
