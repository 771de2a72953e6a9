/**
 * The certificates of a node's ports, read from PEM files and read again when those change.
 *
 * <p>Start reading at {@link dev.trivet.peer.tls.Certificates}: it gives a key manager and a trust
 * manager that look at the files at most once a second, when somebody shakes hands, so that every
 * port, Raft's too, shows the new ones without a restart. {@link dev.trivet.peer.tls.TlsContexts}
 * has what netty wants.
 *
 * <p>Guarantees: what is wrong with a file is said at the start, by the file's name; later on a bad
 * file changes nothing and is logged. Nothing below TLS 1.2 is spoken.
 */
@NullMarked
package dev.trivet.peer.tls;

import org.jspecify.annotations.NullMarked;
