/**
 * The key space as etcd's v3 API defines it: revisions, versions, transactions, compaction.
 *
 * <p>Start reading at {@link dev.trivet.state.keys.KeyCommands}, the writes, and {@link
 * dev.trivet.state.keys.KeyQueries}, the reads. {@link dev.trivet.state.keys.KeyWriter} is what
 * they share: all changes of one command under one revision. {@link dev.trivet.state.keys.KeyRow}
 * and {@link dev.trivet.state.keys.KeyTables} are the encodings.
 *
 * <p>Guarantees: one command makes at most one revision; a refused one changes nothing; a read at a
 * revision sees exactly what the writes up to it left. Memory does not grow with keys: there is no
 * index but the tables.
 */
@NullMarked
package dev.trivet.state.keys;

import org.jspecify.annotations.NullMarked;
