/**
 * What can go wrong, one row a kind: how it is inflicted, how it is undone, and by what it is seen
 * that it was there at all.
 *
 * <p>Start reading at {@link dev.trivet.chaos.fault.FaultKind}; {@link
 * dev.trivet.chaos.fault.Faults} lists all rows. A kind picks its victims in a {@link
 * dev.trivet.chaos.fault.Scene} and returns an {@link dev.trivet.chaos.fault.Inflicted}, which is
 * asked for its {@link dev.trivet.chaos.fault.Evidence} before it is undone: a fault that leaves no
 * trace has tested nothing, and the run says so. {@link dev.trivet.chaos.fault.Schedule} is the
 * order in which they come, from a seed.
 *
 * <p>Knows neither workloads nor checkers. One thread.
 */
@NullMarked
package dev.trivet.chaos.fault;

import org.jspecify.annotations.NullMarked;
