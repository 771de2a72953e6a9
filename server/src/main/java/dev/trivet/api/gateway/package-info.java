/**
 * etcd's JSON gateway: the unary methods of its API as HTTP posts.
 *
 * <p>{@link dev.trivet.api.gateway.JsonGateway} has the table of paths; {@code JsonMethod} turns
 * one request into a call of the gRPC service and its answer into JSON. Fields have their proto
 * names, 64-bit numbers are strings, bytes are base64.
 *
 * <p>It must not know: what the services do.
 */
@NullMarked
package dev.trivet.api.gateway;

import org.jspecify.annotations.NullMarked;
