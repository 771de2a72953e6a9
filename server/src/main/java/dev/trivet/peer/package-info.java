/**
 * How nodes reach each other beside Raft: names, addresses, channels, the handshake.
 *
 * <p>A {@link dev.trivet.peer.Member} is a node under one incarnation; a {@link
 * dev.trivet.peer.PeerNetwork} gives a channel to each other member. Every call carries the
 * cluster's id and both incarnations as metadata, and a server refuses a caller that belongs to
 * another cluster or speaks to an incarnation that is no more. The floors {@code replicate} and
 * {@code extents} have their own services on the peer port and use the same channels. It must not
 * know what those services do.
 */
@NullMarked
package dev.trivet.peer;

import org.jspecify.annotations.NullMarked;
