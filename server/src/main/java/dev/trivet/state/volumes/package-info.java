/**
 * Volumes: POSIX file systems whose inodes, directory entries and slices are rows.
 *
 * <p>Start reading at {@link dev.trivet.state.volumes.Mutations}: it takes one command of POSIX
 * calls through the fence and applies all of them or none. What the calls do is in {@code
 * NameOperations}, {@code RenameOperation} and {@code FileOperations}, which work on a {@code
 * VolumeWriter}: one volume while one command is applied. {@link
 * dev.trivet.state.volumes.VolumeCommands} creates and deletes volumes, {@link
 * dev.trivet.state.volumes.SessionCommands} attaches mounts to them, {@link
 * dev.trivet.state.volumes.Sweep} removes in steps what is too much for one entry, {@link
 * dev.trivet.state.volumes.VolumeQueries} is for readers.
 *
 * <p>Guarantees: a volume has at most one session, and only that one's mutations are applied; a
 * refused command has changed no file; every slice that names an extent counts one reference.
 *
 * <p>Permissions are not decided here: a mount lets its kernel do that. Access times change only
 * when a call sets them.
 *
 * <p>The apply thread owns all of it.
 */
@NullMarked
package dev.trivet.state.volumes;

import org.jspecify.annotations.NullMarked;
