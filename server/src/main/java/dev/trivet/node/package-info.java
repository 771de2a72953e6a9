/**
 * Wires the floors into one running node: the only place that constructs them.
 *
 * <p>Start reading at {@link dev.trivet.node.Node}: what is started in which order, and stopped in the reverse one. {@link
 * dev.trivet.node.LeaderDuties} is what only the leader does: it takes leadership in the log, and proposes what is due.
 */
@NullMarked
package dev.trivet.node;

import org.jspecify.annotations.NullMarked;
