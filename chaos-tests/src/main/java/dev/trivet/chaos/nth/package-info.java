/**
 * Fails the first call of a kind that a node makes to its disk, then the second, and so on, until
 * the work is done without: each place where the node trusts its disk is wrong once.
 *
 * <p>Start reading at {@link dev.trivet.chaos.nth.FailNth}, the program. A {@link
 * dev.trivet.chaos.nth.Scenario} is work of a real node; {@link dev.trivet.chaos.nth.Loop} does it
 * again and again, each time with the next call failing, and judges what came of it; {@link
 * dev.trivet.chaos.nth.Written} knows what was acknowledged and must be there.
 *
 * <p>One thread.
 */
@NullMarked
package dev.trivet.chaos.nth;

import org.jspecify.annotations.NullMarked;
