/**
 * {@link dev.trivet.pem.PemFiles} reads certificates and keys as nodes and clients are given them,
 * so that both refuse the same files with the same words. No state, any thread.
 *
 * <p>It must not know: gRPC, Netty, any floor of the server, any class of the client.
 */
@NullMarked
package dev.trivet.pem;

import org.jspecify.annotations.NullMarked;
