/**
 * What the application of one log entry carries from command to command.
 *
 * <p>{@link dev.trivet.state.entry.EntryContext} is handed to every command: rows to read and
 * write, the entry's time, counters, and a place for {@link dev.trivet.state.entry.Change}s, which
 * other floors hear of once the entry is committed.
 */
@NullMarked
package dev.trivet.state.entry;

import org.jspecify.annotations.NullMarked;
