/**
 * A volume as a directory of this machine.
 *
 * <p>Start reading at {@link dev.trivet.mount.VolumeMount}, which joins the three parts: a {@code
 * VolumeSession}, the right to use the volume, on which this side does not rely when it was not
 * renewed in time; a {@code VolumeFileSystem}, which answers the kernel's requests; and the
 * kernel's side of it, {@link dev.trivet.mount.kernel}.
 *
 * <p>What is guaranteed. A mount is alone on its volume. What {@code fsync} or {@code close}
 * confirmed is committed by a majority; bytes that were written since are in this process's memory
 * and are lost with it. Names, modes and owners change on the cluster before the call returns, one
 * atomic command each. While no leader is there, calls wait, for up to a minute, and so they do
 * while it is not known whether the session still lives. When the cluster says that it is over,
 * every request is answered EIO until the directory is unmounted, and nothing revives it; bytes
 * that the kernel's page cache holds may still be read through files that are open.
 *
 * <p>Access times are not kept up by reads (as with {@code noatime}). Modification times of written
 * files are of this machine's clock, all other times of the cluster's. Locks ({@code flock}, {@code
 * fcntl}) work within the mount. There are no extended attributes.
 *
 * <p>Requests run on virtual threads and may block on the cluster. The package must not know how
 * the cluster stores anything.
 */
@NullMarked
package dev.trivet.mount;

import org.jspecify.annotations.NullMarked;
