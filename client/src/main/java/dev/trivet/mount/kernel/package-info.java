/**
 * The kernel's FUSE protocol, spoken directly on {@code /dev/fuse}: the only package that makes
 * native calls.
 *
 * <p>Start reading at {@link dev.trivet.mount.kernel.FuseConnection}: it mounts, negotiates, reads
 * requests with a few platform threads (a blocking read of the device would hold a carrier thread
 * for ever) and hands each to a {@link dev.trivet.mount.kernel.RequestHandler} on a virtual thread.
 * A {@link dev.trivet.mount.kernel.Request} is a buffer of a bounded pool: when all are in use, the
 * kernel waits. Message layouts and constants are those of {@code include/uapi/linux/fuse.h}.
 *
 * <p>It must not know what a volume is.
 */
@NullMarked
package dev.trivet.mount.kernel;

import org.jspecify.annotations.NullMarked;
