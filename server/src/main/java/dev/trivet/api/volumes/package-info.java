/**
 * Trivet's service Volumes: what mounts, the plugin and the command line ask for.
 *
 * <p>Start reading at {@link dev.trivet.api.volumes.VolumesService}; {@code FileDownload} sends a
 * file's bytes out, {@code ExtentUpload} takes bytes in, {@code KnownFields} keeps out of the log
 * what this version does not understand.
 *
 * <p>Guarantees: a read that begins after a mutation was acknowledged sees it, on any node; a
 * request of a session that does not hold its volume any more is refused with {@code
 * SESSION_EXPIRED}, reads included.
 *
 * <p>It must not know: what POSIX calls mean, how bytes are replicated.
 */
@NullMarked
package dev.trivet.api.volumes;

import org.jspecify.annotations.NullMarked;
