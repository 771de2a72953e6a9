/**
 * The edge: where what the floors below throw becomes what a caller over the network sees, and
 * where calls wait.
 *
 * <p>{@link dev.trivet.api.edge.Statuses} is the only class that builds a gRPC status, and builds
 * it by {@link dev.trivet.errors.ErrorCode} alone. {@link dev.trivet.api.edge.Calls} waits for the
 * log and answers unary calls; {@link dev.trivet.api.edge.RequestStream} and {@link
 * dev.trivet.api.edge.ReplyStream} do so for streams, with the peer held back rather than messages
 * piled up. {@link dev.trivet.api.edge.LeaderNaming} puts the leader's address on every reply.
 *
 * <p>It must not know: any protocol's messages, any floor's state.
 */
@NullMarked
package dev.trivet.api.edge;

import org.jspecify.annotations.NullMarked;
