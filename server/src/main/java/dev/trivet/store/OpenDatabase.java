package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksObject;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * One opening of RocksDB with everything native that hangs on it; closing frees all of it in order.
 */
final class OpenDatabase implements OpenTables {
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families;
  private final List<RocksObject> owned;
  private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
  private final ReadOptions newestOptions;
  private final Rows newest;

  private OpenDatabase(
      RocksDB database, Map<Table, ColumnFamilyHandle> families, List<RocksObject> owned) {
    this.database = database;
    this.families = families;
    this.owned = owned;
    this.newestOptions = new ReadOptions();
    this.newest = new RocksRows(database, families, newestOptions);
  }

  static OpenDatabase open(Path directory, StoreOptions options) {
    // Before any RocksDB object is constructed, or its native constructor is not found.
    NativeLibrary.load();
    List<RocksObject> owned = new ArrayList<>();
    Cache cache = own(owned, new LRUCache(options.blockCacheBytes()));
    WriteBufferManager buffers = own(owned, new WriteBufferManager(options.memtableBytes(), cache));
    BloomFilter filter = own(owned, new BloomFilter(10));
    BlockBasedTableConfig blocks =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setFilterPolicy(filter)
            .setFormatVersion(5);
    DBOptions database =
        own(
            owned,
            new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // Without a write-ahead log all tables must be flushed together, or the applied
                // index could run ahead of rows.
                .setAtomicFlush(true)
                // One thread writes: what lets several do so costs memory for each table.
                .setAllowConcurrentMemtableWrite(false)
                .setParanoidChecks(true)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(options.maxOpenFiles())
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setWriteBufferManager(buffers));
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(
        new ColumnFamilyDescriptor(
            RocksDB.DEFAULT_COLUMN_FAMILY, own(owned, family(false, blocks))));
    for (Table table : Table.values()) {
      descriptors.add(
          new ColumnFamilyDescriptor(
              table.familyName().getBytes(UTF_8),
              own(owned, family(table.hasLargeValues(), blocks))));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      Files.createDirectories(directory);
      RocksDB opened = RocksDB.open(database, directory.toString(), descriptors, handles);
      return new OpenDatabase(opened, byTable(handles), owned);
    } catch (RocksDBException | IOException e) {
      owned.reversed().forEach(RocksObject::close);
      if (e instanceof RocksDBException broken && isCorruption(broken)) {
        throw ErrorCode.DATA_CORRUPT.exception(
            "the store in " + directory + " is damaged: " + e.getMessage(), e);
      }
      throw new StoreException("opening the store in " + directory + " failed", e);
    }
  }

  private static boolean isCorruption(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new StoreException("table " + table + " is not open");
    }
    return family;
  }

  /** Without a snapshot. */
  @Override
  public Rows newest() {
    return newest;
  }

  @Override
  public ReadView view(Runnable onClose) {
    Snapshot snapshot = database.getSnapshot();
    ReadOptions reading = new ReadOptions().setSnapshot(snapshot);
    return new ReadView(
        new RocksRows(database, families, reading),
        () -> {
          database.releaseSnapshot(snapshot);
          reading.close();
          onClose.run();
        });
  }

  @Override
  public Writes begin() {
    return new BatchOfWrites();
  }

  /** Raft's log is the write-ahead log: RocksDB's own is off. */
  private final class BatchOfWrites implements Writes {
    private final WriteBatch writes = new WriteBatch();

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      try {
        writes.put(family(table), key, value);
      } catch (RocksDBException e) {
        throw new StoreException("writing table " + table + " failed", e);
      }
    }

    @Override
    public void delete(Table table, byte[] key) {
      try {
        writes.delete(family(table), key);
      } catch (RocksDBException e) {
        throw new StoreException("writing table " + table + " failed", e);
      }
    }

    @Override
    public void commit() {
      try {
        database.write(withoutLog, writes);
      } catch (RocksDBException e) {
        throw new StoreException("writing failed", e);
      }
    }

    @Override
    public void close() {
      writes.close();
    }
  }

  @Override
  public void flush() {
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      database.flush(waiting, List.copyOf(families.values()));
    } catch (RocksDBException e) {
      throw new StoreException("flushing failed", e);
    }
  }

  /** Hard links where possible. */
  @Override
  public void checkpoint(Path target) {
    try (Checkpoint checkpoint = Checkpoint.create(database)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw new StoreException("writing a checkpoint to " + target + " failed", e);
    }
  }

  @Override
  public void reclaim() {
    try (CompactRangeOptions whole =
        new CompactRangeOptions().setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
      for (ColumnFamilyHandle family : families.values()) {
        database.compactRange(family, null, null, whole);
      }
    } catch (RocksDBException e) {
      throw new StoreException("giving space back failed", e);
    }
  }

  @Override
  public Store.Size size() {
    try {
      long memory = database.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
      long files = database.getAggregatedLongProperty("rocksdb.total-sst-files-size");
      long liveFiles = database.getAggregatedLongProperty("rocksdb.estimate-live-data-size");
      long blobs = database.getAggregatedLongProperty("rocksdb.total-blob-file-size");
      long liveBlobs = database.getAggregatedLongProperty("rocksdb.live-blob-file-size");
      // The first rows lie in what a memtable has from its beginning, which is not counted.
      long total = Math.max(1, memory + files + blobs);
      return new Store.Size(total, Math.clamp(memory + liveFiles + liveBlobs, 1, total));
    } catch (RocksDBException e) {
      throw new StoreException("asking for the tables' sizes failed", e);
    }
  }

  @Override
  public void close() {
    families.values().forEach(ColumnFamilyHandle::close);
    newestOptions.close();
    withoutLog.close();
    database.close();
    owned.reversed().forEach(RocksObject::close);
  }

  /** Pairs the tables with RocksDB's handles, whose first is the default family's. */
  private static Map<Table, ColumnFamilyHandle> byTable(List<ColumnFamilyHandle> handles) {
    Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
    Iterator<ColumnFamilyHandle> next = handles.listIterator(1);
    for (Table table : Table.values()) {
      families.put(table, next.next());
    }
    return families;
  }

  private static ColumnFamilyOptions family(boolean largeValues, BlockBasedTableConfig blocks) {
    ColumnFamilyOptions options =
        new ColumnFamilyOptions()
            .setTableFormatConfig(blocks)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setLevelCompactionDynamicLevelBytes(true)
            .setWriteBufferSize(8 << 20)
            .setMaxWriteBufferNumber(3);
    if (largeValues) {
      options.setEnableBlobFiles(true).setMinBlobSize(4096).setEnableBlobGarbageCollection(true);
    }
    return options;
  }

  private static <T extends RocksObject> T own(List<RocksObject> owned, T object) {
    owned.add(object);
    return object;
  }
}
