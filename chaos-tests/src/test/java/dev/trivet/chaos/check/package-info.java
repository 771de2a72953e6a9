/**
 * The checkers, on histories that are right and on histories that are wrong in one place.
 *
 * <p>Start reading at {@link dev.trivet.chaos.check.SimulatedRun}: what is right comes from there.
 */
@NullMarked
package dev.trivet.chaos.check;

import org.jspecify.annotations.NullMarked;
