/**
 * What clients did and were told, as checkers read it.
 *
 * <p>Start reading at {@link dev.trivet.chaos.history.Operation}. A workload notes each call in a
 * {@link dev.trivet.chaos.history.History} when it ends; checkers get the whole when nobody writes
 * any more. Knows neither the network nor Trivet.
 */
@NullMarked
package dev.trivet.chaos.history;

import org.jspecify.annotations.NullMarked;
