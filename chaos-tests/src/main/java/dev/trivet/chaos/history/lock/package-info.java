/**
 * Locks with fencing tokens, and writes that are guarded by them.
 *
 * <p>What a holder believes is not in the history: its lease may have ended without its knowledge.
 * Guarded writes that were acknowledged are.
 */
@NullMarked
package dev.trivet.chaos.history.lock;

import org.jspecify.annotations.NullMarked;
