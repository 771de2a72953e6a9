/**
 * Clients that do something all the time, note what they were told, and have it judged.
 *
 * <p>Start reading at {@link dev.trivet.chaos.workload.HistoryWorkload} and the simplest, {@link
 * dev.trivet.chaos.workload.Registers}. {@link dev.trivet.chaos.workload.Crew} is the threads and
 * their connections: some clients know all nodes and some one alone, so that each node is asked.
 * {@link dev.trivet.chaos.workload.Calls} grades what calls end with: whatever does not surely say
 * that nothing was done is unknown.
 *
 * <p>Knows nothing of faults.
 */
@NullMarked
package dev.trivet.chaos.workload;

import org.jspecify.annotations.NullMarked;
