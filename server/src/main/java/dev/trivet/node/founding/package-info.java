/**
 * Who a node is, and how it comes to belong to a cluster.
 *
 * <p>Start reading at {@link dev.trivet.node.founding.Founding}, which tells the rules; {@link
 * dev.trivet.node.founding.IdentityFile} is what of it lies on disk. It guarantees that a node
 * whose disk was lost is another node, and that a cluster of which one member lives is not founded
 * twice. It knows the peer port but neither Raft nor the store's tables.
 */
@NullMarked
package dev.trivet.node.founding;

import org.jspecify.annotations.NullMarked;
