/**
 * What clients reach: protocols on one port, over the floors below.
 *
 * <p>{@link dev.trivet.api.ClientApi} puts together what {@link dev.trivet.api.port.ClientPort}
 * serves. One package for each protocol: {@code etcd}, its JSON {@code gateway}, {@code blobs},
 * {@code volumes}, {@code admin}, {@code health}; {@code edge} is what they share.
 *
 * <p>It must not know: how the floors are constructed.
 */
@NullMarked
package dev.trivet.api;

import org.jspecify.annotations.NullMarked;
