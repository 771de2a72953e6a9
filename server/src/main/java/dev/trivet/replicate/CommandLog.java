package dev.trivet.replicate;

import dev.trivet.proto.log.Command;
import java.util.concurrent.CompletableFuture;

/**
 * The replicated log as the floors above see it. Every method may be called from any thread, event
 * loops included: none blocks.
 *
 * <p>Futures fail with {@link dev.trivet.errors.TrivetException} alone. {@code NOT_LEADER}, {@code
 * NO_LEADER}, {@code TOO_MANY_REQUESTS} and {@code STOPPING} mean that the command was not
 * appended; {@code OUTCOME_UNKNOWN} and {@code DEADLINE_EXCEEDED} mean that it may have been, or
 * may yet be, applied. A refusal by the state machine is not a failure: it comes as an outcome.
 *
 * <p>Callbacks run on the apply thread or a network thread: they must be short, or hand over.
 */
public interface CommandLog {
  /**
   * Replicates a command, through the leader if that is another node; done when it is applied on
   * the node that led.
   */
  CompletableFuture<Committed> propose(Command command);

  /**
   * Proof that a read which begins after the future completes sees every write acknowledged before
   * this call: completes with an index, once this node has applied it.
   */
  CompletableFuture<Long> readBarrier();

  /**
   * Proof that this node led after the call, and has applied all that was acknowledged before it;
   * fails with {@code NOT_LEADER} or {@code NO_LEADER} where it cannot be had.
   */
  CompletableFuture<Long> confirmLeadership();

  /** Who leads, as this node knows it now. For routing and display: never a proof. */
  Leadership leadership();

  /** The highest index that this node knows to be committed; it may not be applied yet. */
  long committedIndex();

  /** The highest index that this node has applied, Raft's own entries included. */
  long appliedIndex();
}
