package dev.trivet.peer.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a port's certificates are, each a PEM file.
 *
 * @param certificate the port's own, followed by those between it and the authority
 * @param key the own certificate's private key, PKCS#8 without a password
 * @param authority who signs the certificates of callers that are let in; null: callers need none
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path authority) {}
