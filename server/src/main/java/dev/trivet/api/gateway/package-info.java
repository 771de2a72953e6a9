/**
 * etcd's JSON gateway: the methods of its API as HTTP posts.
 *
 * <p>{@link dev.trivet.api.gateway.JsonGateway} has the table of paths; {@code JsonCall} is a call
 * of the gRPC method for all that gRPC's calls go through, and JSON over HTTP/1.1 outside. Fields
 * have their proto names, 64-bit numbers are strings, bytes are base64; of a stream each answer is
 * a line.
 *
 * <p>Guarantees: the header {@code Authorization} is the metadata {@code token}; a client that goes
 * cancels its call; one that does not read is not sent to.
 *
 * <p>It must not know: what the services do.
 */
@NullMarked
package dev.trivet.api.gateway;

import org.jspecify.annotations.NullMarked;
