/**
 * Members that were added before their nodes were started, which is etcd's order. {@link
 * dev.trivet.state.members.Places} keeps their places; who is a member of Raft's configuration is
 * known to {@code dev.trivet.replicate} alone.
 *
 * <p>Guarantees: a place gives no vote and counts in no majority; at most 64 are kept.
 */
@NullMarked
package dev.trivet.state.members;

import org.jspecify.annotations.NullMarked;
