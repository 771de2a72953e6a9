/**
 * Decides from what clients were told, and from nothing else, whether the promises were kept.
 *
 * <p>Start reading at {@link dev.trivet.chaos.check.Judgement}, what each checker returns, then at
 * {@link dev.trivet.chaos.check.RegisterModel} and {@link dev.trivet.chaos.check.Linearizability}:
 * the first says what one key does, the second whether a history of many clients can be explained
 * by it. {@link dev.trivet.chaos.check.RevisionOrder} sees what no check of single keys can, {@link
 * dev.trivet.chaos.check.ListAppend} transactions over many keys, {@link
 * dev.trivet.chaos.check.WatchOrder} watches, {@link dev.trivet.chaos.check.Fencing} locks, {@link
 * dev.trivet.chaos.check.LeaseTimes} leases, {@link dev.trivet.chaos.check.SetPresence} and {@link
 * dev.trivet.chaos.check.BankTotal} what has to be there in the end. {@link
 * dev.trivet.chaos.check.LogLines} reads what nodes complained of, and {@link
 * dev.trivet.chaos.check.Vacuity} asks whether the run did anything at all.
 *
 * <p>All of it are functions of a finished history: no clock, no network, no randomness, no thread
 * of its own. Two operations are ordered if one ended strictly before the other began, and in no
 * other way. What is unknown is taken to have happened or not, whichever the promises allow: a
 * finding is never a guess. It must not know Trivet.
 */
@NullMarked
package dev.trivet.chaos.check;

import org.jspecify.annotations.NullMarked;
