/**
 * Wires the floors into one running node: the only place that constructs them.
 *
 * <p>{@link dev.trivet.node.NodeOptions} is how a node is started. {@code LeaderDuties} is what
 * only the leader does: it takes leadership in the log, and proposes what is due.
 */
@NullMarked
package dev.trivet.node;

import org.jspecify.annotations.NullMarked;
