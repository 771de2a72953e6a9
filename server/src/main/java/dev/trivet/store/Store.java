package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one node in one folder.
 *
 * <p>Invariants: {@link #applied} and {@link #stateHash} belong to the same committed batch; {@link
 * #applied} only rises, but for {@link #replaceWith}.
 *
 * <p>Threads: {@link #begin} and {@link #commit} belong to the apply thread; {@link #view} is for
 * everybody; {@link #putLocal}/{@link #deleteLocal} are for the owner of a node-local table; {@link
 * #replaceWith} waits until all views are closed.
 */
public final class Store implements AutoCloseable {
  private static final byte[] APPLIED_KEY = "applied".getBytes(UTF_8);
  private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);
  private static final byte FORMAT_VERSION = 1;

  /** More views at once than this wait: each pins a snapshot. */
  private static final int MAX_VIEWS = 4096;

  private static final long REPLACE_WAIT_SECONDS = 30;

  private final Path directory;
  private final StoreOptions options;
  private final Home home;
  private final Semaphore views = new Semaphore(MAX_VIEWS, true);
  private volatile OpenTables open;

  /** Of what is open now. The apply thread's. */
  private RowCache recent;

  private volatile LogPosition applied = LogPosition.NONE;
  private volatile long stateHash;
  private boolean closed;

  private Store(Path directory, StoreOptions options, Home home) {
    this.directory = directory;
    this.options = options;
    this.home = home;
    this.open = home.open();
    this.recent = new RowCache(open.newest(), options.rowCacheBytes());
  }

  /**
   * Opens the store in a folder, making it when the folder is empty.
   *
   * @throws StoreException when the files cannot be read
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT, DATA_TOO_NEW or DATA_TOO_OLD
   */
  public static Store open(Path directory, StoreOptions options) {
    try {
      new Replacement(directory).settle();
    } catch (IOException e) {
      throw new StoreException("clearing up beside " + directory + " failed", e);
    }
    return open(directory, options, new Home.Folder(directory, options));
  }

  static Store open(Path directory, StoreOptions options, Home home) {
    Store store = new Store(directory, options, home);
    store.load();
    return store;
  }

  /** Whether a store was made in this folder. */
  public static boolean exists(Path directory) {
    return new Replacement(directory).isThere();
  }

  /** Starts the next entry's writes. */
  public Batch begin() {
    return new Batch(recent);
  }

  /** Makes a batch visible, together with the position of the entry it came from. */
  public void commit(Batch batch, LogPosition position) {
    if (position.index() <= applied.index()) {
      throw new StoreException(
          "entry " + position.index() + " is applied already: applied is " + applied.index());
    }
    OpenTables target = open;
    long hash = stateHash;
    try (OpenTables.Writes writes = target.begin()) {
      for (Table table : Table.values()) {
        for (Map.Entry<byte[], Batch.Cell> entry : batch.touched(table).entrySet()) {
          Batch.Cell cell = entry.getValue();
          if (!cell.isChanged()) {
            continue;
          }
          byte[] before = cell.before;
          byte[] now = cell.now;
          if (table.isHashed()) {
            hash -= before == null ? 0 : RowHash.of(table, entry.getKey(), before);
            hash += now == null ? 0 : RowHash.of(table, entry.getKey(), now);
          }
          if (now == null) {
            writes.delete(table, entry.getKey());
          } else {
            writes.put(table, entry.getKey(), now);
          }
          recent.committed(table, entry.getKey(), now);
        }
      }
      byte[] row =
          ByteBuffer.allocate(24)
              .putLong(position.term())
              .putLong(position.index())
              .putLong(hash)
              .array();
      writes.put(Table.LOCAL, APPLIED_KEY, row);
      writes.commit();
    } catch (StoreException e) {
      recent = new RowCache(target.newest(), options.rowCacheBytes());
      throw new StoreException("writing entry " + position.index() + " failed", e);
    }
    recent.trim();
    stateHash = hash;
    applied = position;
  }

  /** The last entry that is in the tables. */
  public LogPosition applied() {
    return applied;
  }

  /** Sum of the hashes of all replicated rows, as of {@link #applied}. */
  public long stateHash() {
    return stateHash;
  }

  /** A consistent view of what is committed now. */
  public ReadView view() {
    views.acquireUninterruptibly();
    return open.view(views::release);
  }

  /**
   * Bytes that the tables take: in files, in blob files and in memory.
   *
   * @param total with what is deleted or overwritten and not yet cleared away
   * @param live an estimate of what is left without that; {@code 0 < live <= total}
   */
  public record Size(long total, long live) {}

  /** Bytes that the tables take. Cheap: nothing is read. */
  public Size size() {
    views.acquireUninterruptibly();
    try {
      return open.size();
    } finally {
      views.release();
    }
  }

  /** Position of the entry that a view shows. */
  public static LogPosition appliedIn(Rows rows) {
    return decode(rows.get(Table.LOCAL, APPLIED_KEY));
  }

  /**
   * Sets a row of a node-local table outside any entry. May be lost at a crash: the owner can find
   * out anew.
   */
  public void putLocal(Table table, byte[] key, byte[] value) {
    withoutReplacement(() -> writeLocal(table, key, value));
  }

  /** Removes a row of a node-local table outside any entry. May be lost at a crash. */
  public void deleteLocal(Table table, byte[] key) {
    withoutReplacement(() -> writeLocal(table, key, null));
  }

  /** The database that is open when this begins stays open until it ends, as for a view. */
  private void withoutReplacement(Runnable write) {
    views.acquireUninterruptibly();
    try {
      write.run();
    } finally {
      views.release();
    }
  }

  private void writeLocal(Table table, byte[] key, byte @Nullable [] value) {
    requireLocal(table);
    try (OpenTables.Writes writes = open.begin()) {
      if (value == null) {
        writes.delete(table, key);
      } else {
        writes.put(table, key, value);
      }
      writes.commit();
    }
  }

  /** Brings all committed batches to disk. */
  public void flush() {
    open.flush();
  }

  /**
   * Gives back what deleted and overwritten rows take, as far as no view needs them. Reads and
   * writes every table once: for when space is short. Blocks, and holds a replacement up meanwhile.
   */
  public void reclaim() {
    withoutReplacement(
        () -> {
          flush();
          open.reclaim();
        });
  }

  /** What the file system under the tables has left, in bytes. */
  public long usableBytes() {
    return directory.toFile().getUsableSpace();
  }

  /**
   * Writes a checkpoint (hard links where possible) into a folder that does not exist yet. Called
   * on the apply thread, so that the position is known.
   */
  public LogPosition checkpoint(Path target) {
    LogPosition position = applied;
    open.checkpoint(target);
    return position;
  }

  /**
   * Takes the state of a checkpoint, which came from another node, in place of this one's.
   * Node-local tables start empty: who owns them must find out anew. The checkpoint's files are
   * copied or linked, not consumed.
   */
  public void replaceWith(Path checkpoint) {
    takeAllViews();
    try {
      open.close();
      home.replaceWith(checkpoint);
      open = home.open();
      recent = new RowCache(open.newest(), options.rowCacheBytes());
      load();
      dropLocalRows();
    } catch (IOException e) {
      throw new StoreException("installing the checkpoint " + checkpoint + " failed", e);
    } finally {
      views.release(MAX_VIEWS);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    takeAllViews();
    open.close();
  }

  private void takeAllViews() {
    try {
      if (!views.tryAcquire(MAX_VIEWS, REPLACE_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new StoreException("views are still open after " + REPLACE_WAIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for open views", e);
    }
  }

  private void load() {
    Rows rows = open.newest();
    byte[] format = rows.get(Table.LOCAL, FORMAT_KEY);
    if (format == null) {
      writeLocal(Table.LOCAL, FORMAT_KEY, new byte[] {FORMAT_VERSION});
    } else if (format[0] != FORMAT_VERSION) {
      String text =
          "the store in %s has format %d, this version reads %d"
              .formatted(directory, format[0], FORMAT_VERSION);
      throw (format[0] > FORMAT_VERSION ? ErrorCode.DATA_TOO_NEW : ErrorCode.DATA_TOO_OLD)
          .exception(text);
    }
    byte[] row = rows.get(Table.LOCAL, APPLIED_KEY);
    applied = decode(row);
    stateHash = row == null ? 0 : ByteBuffer.wrap(row).getLong(16);
  }

  private void dropLocalRows() {
    try (Cursor cursor = open.newest().scan(Table.MISSING, new byte[0], null)) {
      while (cursor.next()) {
        writeLocal(Table.MISSING, cursor.key(), null);
      }
    }
  }

  private static LogPosition decode(byte @Nullable [] row) {
    if (row == null) {
      return LogPosition.NONE;
    }
    ByteBuffer fields = ByteBuffer.wrap(row);
    return new LogPosition(fields.getLong(), fields.getLong());
  }

  private static void requireLocal(Table table) {
    if (table.isHashed()) {
      throw new IllegalArgumentException(
          "table " + table + " is replicated: only commands in the log change it");
    }
  }
}
