/**
 * The edge: where what the floors below throw becomes what a caller over the network sees.
 *
 * <p>{@link dev.trivet.api.edge.Statuses} is the only class that builds a gRPC status, and builds
 * it by {@link dev.trivet.errors.ErrorCode} alone. It has no state; any thread may call it.
 *
 * <p>It must not know: any protocol's messages, any floor's state.
 */
@NullMarked
package dev.trivet.api.edge;

import org.jspecify.annotations.NullMarked;
