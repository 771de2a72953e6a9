package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

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
  private final Semaphore views = new Semaphore(MAX_VIEWS, true);
  private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
  private volatile OpenDatabase open;

  /** Of what is open now. The apply thread's. */
  private RowCache recent;

  private volatile LogPosition applied = LogPosition.NONE;
  private volatile long stateHash;
  private boolean closed;

  private Store(Path directory, StoreOptions options, OpenDatabase open) {
    this.directory = directory;
    this.options = options;
    this.open = open;
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
    Store store = new Store(directory, options, OpenDatabase.open(directory, options));
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
    OpenDatabase target = open;
    long hash = stateHash;
    try (WriteBatch writes = new WriteBatch()) {
      for (Table table : Table.values()) {
        ColumnFamilyHandle family = target.family(table);
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
            writes.delete(family, entry.getKey());
          } else {
            writes.put(family, entry.getKey(), now);
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
      writes.put(target.family(Table.LOCAL), APPLIED_KEY, row);
      target.database().write(withoutLog, writes);
    } catch (RocksDBException e) {
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
    OpenDatabase source = open;
    Snapshot snapshot = source.database().getSnapshot();
    ReadOptions reading = new ReadOptions().setSnapshot(snapshot);
    return new ReadView(
        new RocksRows(source.database(), source.families(), reading),
        () -> {
          source.database().releaseSnapshot(snapshot);
          reading.close();
          views.release();
        });
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
      RocksDB database = open.database();
      long memory = database.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
      long files = database.getAggregatedLongProperty("rocksdb.total-sst-files-size");
      long liveFiles = database.getAggregatedLongProperty("rocksdb.estimate-live-data-size");
      long blobs = database.getAggregatedLongProperty("rocksdb.total-blob-file-size");
      long liveBlobs = database.getAggregatedLongProperty("rocksdb.live-blob-file-size");
      long total = memory + files + blobs;
      return new Size(total, Math.clamp(memory + liveFiles + liveBlobs, 1, Math.max(1, total)));
    } catch (RocksDBException e) {
      throw new StoreException("asking for the tables' sizes failed", e);
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
    try {
      if (value == null) {
        open.database().delete(open.family(table), withoutLog, key);
      } else {
        open.database().put(open.family(table), withoutLog, key, value);
      }
    } catch (RocksDBException e) {
      throw new StoreException("writing table " + table + " failed", e);
    }
  }

  /** Brings all committed batches to disk. */
  public void flush() {
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      open.database().flush(waiting, List.copyOf(open.families().values()));
    } catch (RocksDBException e) {
      throw new StoreException("flushing failed", e);
    }
  }

  /**
   * Gives back what deleted and overwritten rows take, as far as no view needs them. Reads and
   * writes every table once: for when space is short. Blocks, and holds a replacement up meanwhile.
   */
  public void reclaim() {
    withoutReplacement(
        () -> {
          flush();
          try (CompactRangeOptions whole =
              new CompactRangeOptions()
                  .setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
            for (ColumnFamilyHandle family : open.families().values()) {
              open.database().compactRange(family, null, null, whole);
            }
          } catch (RocksDBException e) {
            throw new StoreException("giving space back failed", e);
          }
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
    try (Checkpoint checkpoint = Checkpoint.create(open.database())) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw new StoreException("writing a checkpoint to " + target + " failed", e);
    }
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
      new Replacement(directory).with(checkpoint);
      open = OpenDatabase.open(directory, options);
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
    withoutLog.close();
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

  /** Pairs the tables with RocksDB's handles, whose first is the default family's. */
  static Map<Table, ColumnFamilyHandle> byTable(List<ColumnFamilyHandle> handles) {
    Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
    Iterator<ColumnFamilyHandle> next = handles.listIterator(1);
    for (Table table : Table.values()) {
      families.put(table, next.next());
    }
    return families;
  }
}
