/**
 * Checks that tell why Trivet does not work here, or would not work well.
 *
 * <p>Start at {@link dev.trivet.doctor.Check}, one finding; {@link dev.trivet.doctor.MachineChecks}
 * looks at this machine, {@link dev.trivet.doctor.NodeChecks} at the nodes as one sees them from
 * here. Nothing is changed but a file of its own in the folder whose disk is measured.
 */
@NullMarked
package dev.trivet.doctor;

import org.jspecify.annotations.NullMarked;
