/**
 * The least that a load generator needs of gRPC: calls over HTTP/2 without a thread, a timer, a
 * future or a queue for each, so that on a machine that it shares with the servers the servers have
 * the processor.
 *
 * <p>Start at {@link dev.trivet.bench.wire.WireClient}, which owns the one thread; {@link
 * dev.trivet.bench.wire.WireConnection} speaks the protocol and gives what comes to each call's
 * {@link dev.trivet.bench.wire.Receiver}. It is no client library: nothing is tried again, and a
 * connection that breaks stays broken.
 *
 * <p>Source: RFC 9113 (HTTP/2), RFC 7541 (HPACK, by Netty), gRPC over HTTP/2.
 */
@NullMarked
package dev.trivet.bench.wire;

import org.jspecify.annotations.NullMarked;
