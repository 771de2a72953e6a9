package dev.trivet.store;

/**
 * Memory limits of a store.
 *
 * @param memtableBytes all tables' write buffers together
 * @param blockCacheBytes decompressed blocks, index and filter blocks included
 * @param maxOpenFiles table files that are open at once
 * @param rowCacheBytes rows that were applied last, on the heap
 */
public record StoreOptions(
    long memtableBytes, long blockCacheBytes, int maxOpenFiles, long rowCacheBytes) {
  public static final StoreOptions DEFAULT = new StoreOptions(24L << 20, 64L << 20, 256, 8L << 20);

  public StoreOptions(long memtableBytes, long blockCacheBytes, int maxOpenFiles) {
    this(memtableBytes, blockCacheBytes, maxOpenFiles, DEFAULT.rowCacheBytes());
  }

  public StoreOptions {
    if (memtableBytes < 1 << 20 || blockCacheBytes < 1 << 20 || maxOpenFiles < 16) {
      throw new IllegalArgumentException(
          "memtable and block cache need 1 MiB at least, and 16 open files: got "
              + memtableBytes
              + ", "
              + blockCacheBytes
              + ", "
              + maxOpenFiles);
    }
  }
}
