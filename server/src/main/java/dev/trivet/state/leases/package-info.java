/**
 * Leases, and the table of what is due.
 *
 * <p>{@link dev.trivet.state.leases.LeaseCommands} grants, renews, revokes and expires; {@link
 * dev.trivet.state.leases.DueTable} keeps leases and sessions in the order in which they end. Time
 * is the log's: an entry's stamp, never a clock. A new leader's first command gives everything its
 * full time again, and only the term that has done so may expire.
 */
@NullMarked
package dev.trivet.state.leases;

import org.jspecify.annotations.NullMarked;
