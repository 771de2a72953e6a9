/**
 * The port that clients connect to: gRPC and HTTP/1.1 side by side on one address, because etcd's
 * clients know a member by one URL, whichever of the two they speak.
 *
 * <p>Start reading at {@link dev.trivet.api.port.ClientPort}. The first bytes of a connection
 * decide ({@code FirstBytes}): an HTTP/2 preface goes on to gRPC, all else to an HTTP/1.1 codec and
 * {@code HttpConnection}, which hands each request to an {@link dev.trivet.api.port.HttpHandler} or
 * an {@link dev.trivet.api.port.HttpConversation}; one that asks for it becomes a {@code
 * WebSocketConnection}, over which a conversation goes on in messages.
 *
 * <p>Guarantees: one request at a time per HTTP connection, answered in order; bodies, headers,
 * connections and silence are limited; a handler may block, for it runs on a virtual thread. Event
 * loops own the connections and run no handler, and of gRPC's calls only those that a {@link
 * dev.trivet.api.port.PromptService} says never wait.
 *
 * <p>It must not know: what the services and handlers do.
 */
@NullMarked
package dev.trivet.api.port;

import org.jspecify.annotations.NullMarked;
