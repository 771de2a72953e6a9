/**
 * When leases end: the times of renewals, which are in the leader's memory alone.
 *
 * <p>Start at {@link dev.trivet.lessor.Lessor}, whose comment has the argument why no lease ends
 * before its time. {@link dev.trivet.lessor.Deadlines} is the leader's table, {@link
 * dev.trivet.lessor.LeaseClock} the time it counts in, {@link dev.trivet.lessor.Renewals} groups
 * what waits and asks the leader, {@link dev.trivet.lessor.LeaseReplies} is what another node is
 * answered. Which leases there are is the state's ({@code dev.trivet.state.leases}).
 */
@NullMarked
package dev.trivet.lessor;

import org.jspecify.annotations.NullMarked;
