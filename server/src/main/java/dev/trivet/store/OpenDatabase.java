package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksObject;
import org.rocksdb.Status;
import org.rocksdb.WriteBufferManager;

/**
 * One opening of RocksDB with everything native that hangs on it; closing frees all of it in order.
 */
final class OpenDatabase implements AutoCloseable {
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families;
  private final List<RocksObject> owned;
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
      return new OpenDatabase(opened, Store.byTable(handles), owned);
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

  RocksDB database() {
    return database;
  }

  Map<Table, ColumnFamilyHandle> families() {
    return families;
  }

  ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle family = families.get(table);
    if (family == null) {
      throw new StoreException("table " + table + " is not open");
    }
    return family;
  }

  /** Reads of the newest committed rows, without a snapshot. */
  Rows newest() {
    return newest;
  }

  @Override
  public void close() {
    families.values().forEach(ColumnFamilyHandle::close);
    newestOptions.close();
    database.close();
    owned.reversed().forEach(RocksObject::close);
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
