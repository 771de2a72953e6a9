/**
 * Tries to break what the guarantees promise: real nodes as processes, real faults, and checks of
 * everything that a client was told.
 *
 * <p>Start reading at {@link dev.trivet.chaos.Rounds}. A {@link dev.trivet.chaos.Workload} writes
 * while faults happen and notes in its {@link dev.trivet.chaos.Ledger} what was acknowledged;
 * afterwards it compares. {@link dev.trivet.chaos.StaleReads} and {@link
 * dev.trivet.chaos.LostDisks} follow one story each; {@link dev.trivet.chaos.Failovers} times
 * changes of the leader. {@link dev.trivet.chaos.Clients} watch a cluster that is started and
 * broken by a script.
 */
@NullMarked
package dev.trivet.chaos;

import org.jspecify.annotations.NullMarked;
