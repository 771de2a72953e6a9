/**
 * The key space as a stream of parts, out of one cluster and into a fresh one.
 *
 * <p>{@code KeySnapshot} reads a view's parts, a bounded piece at a time. {@code RestoreCommands}
 * takes them in, as commands of the log like any other: so every member restores the same, a node
 * that is down meanwhile catches up, and there is no data folder to be made by hand. While a
 * restore is under way the revision is 0, which refuses all reads and writes of keys.
 *
 * <p>In the stream: history, the list of revisions, and leases with their time to live. Current
 * values and what hangs on a lease follow from the history and are made anew.
 */
@NullMarked
package dev.trivet.state.snapshots;

import org.jspecify.annotations.NullMarked;
