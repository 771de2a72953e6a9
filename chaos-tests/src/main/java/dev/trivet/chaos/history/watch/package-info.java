/**
 * Writes and what watches saw of them.
 *
 * <p>The writes are a history of {@link dev.trivet.chaos.history.watch.Write} and {@link
 * dev.trivet.chaos.history.watch.Written}; each watch is one {@link
 * dev.trivet.chaos.history.watch.WatchStream}.
 */
@NullMarked
package dev.trivet.chaos.history.watch;

import org.jspecify.annotations.NullMarked;
