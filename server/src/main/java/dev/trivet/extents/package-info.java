/**
 * Bytes beside the log: immutable extents, a file each, replicated by quorum.
 *
 * <p>Start reading at {@link dev.trivet.extents.ExtentStorage}, which is all that the API sees, and
 * at its one implementation {@link dev.trivet.extents.QuorumExtents}. The way down of an upload:
 * {@code QuorumUpload} cuts it into frames, {@code Lanes} holds the rule of the majority, a {@code
 * Lane} each brings the frames to a {@code Destination}: this node's disk or another's. The way up
 * of a read: {@link dev.trivet.extents.LocalExtents}, and {@code PeerReads} where that does not
 * have the bytes intact.
 *
 * <p>On the disk: {@code ExtentFormat} is the file's layout, {@code ExtentWriter} and {@code
 * ExtentReader} are the only ones that touch it. {@link dev.trivet.extents.ExtentService} is the
 * same for the other nodes.
 *
 * <p>Behind: {@link dev.trivet.extents.MissingFetcher} brings here what the state names and this
 * node lacks, {@link dev.trivet.extents.Sweeper} unlinks what nothing names.
 *
 * <p>Guarantees: a finished extent is fsynced, its directory entry included, by a majority of the
 * nodes; no byte leaves without its checksum having been checked; a file that a command may still
 * name is not unlinked. <i>Staged</i> is an extent that is complete on the disk and that no row of
 * the state knows yet: there is no other place for it.
 *
 * <p>Threads: methods block and are meant for virtual threads; disk work takes turns ({@code
 * Disk}). The fetcher and the sweeper have a platform thread each. The apply thread only ever asks
 * {@link dev.trivet.extents.LocalExtents#isHere}. It must not know what extents are for: blobs and
 * volumes are above.
 */
@NullMarked
package dev.trivet.extents;

import org.jspecify.annotations.NullMarked;
