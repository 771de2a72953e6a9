/**
 * The bottom floor: ordered tables of bytes in RocksDB, written once per applied log entry.
 *
 * <p>Start reading at {@link dev.trivet.store.Store}: it opens the folder, hands out a {@link
 * dev.trivet.store.Batch} to the apply thread and {@link dev.trivet.store.ReadView}s to everybody
 * else. {@link dev.trivet.store.Table} lists all tables.
 *
 * <p>Guarantees: a batch and the applied index in it become visible and durable together or not at
 * all; a view never changes; the state hash is a function of the rows of the hashed tables alone,
 * whatever the batches were that made them.
 *
 * <p>RocksDB's own write-ahead log is off: Raft's log is the write-ahead log, and replay begins
 * behind the applied index that is found here. The only package that imports RocksDB. It must not
 * know what the rows mean.
 */
@NullMarked
package dev.trivet.store;

import org.jspecify.annotations.NullMarked;
