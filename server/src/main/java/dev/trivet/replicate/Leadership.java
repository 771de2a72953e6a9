package dev.trivet.replicate;

import dev.trivet.peer.Member;
import org.jspecify.annotations.Nullable;

/**
 * Who leads, as one node knows it.
 *
 * @param term the highest term the node knows
 * @param leader null while none is known
 * @param isSelf whether this node leads and has committed an entry of its own term
 */
public record Leadership(long term, @Nullable Member leader, boolean isSelf) {}
