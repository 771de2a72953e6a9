/**
 * Trivet's own service Admin: the cluster's members, how they are, and changes of them.
 *
 * <p>{@link dev.trivet.api.admin.AdminService} answers clients; {@link
 * dev.trivet.api.admin.NodeReplies} answers the other nodes, on the peer port, what only a node
 * itself knows.
 */
@NullMarked
package dev.trivet.api.admin;

import org.jspecify.annotations.NullMarked;
