/**
 * Leases, and the table of what is due.
 *
 * <p>{@link dev.trivet.state.leases.LeaseCommands} grants, revokes and ends what the leader found
 * overdue; {@link dev.trivet.state.leases.DueTable} keeps sessions in the order in which they end.
 * Their time is the log's: an entry's stamp, never a clock. A new leader's first command gives them
 * their full time again, and only the term that has done so may expire.
 */
@NullMarked
package dev.trivet.state.leases;

import org.jspecify.annotations.NullMarked;
