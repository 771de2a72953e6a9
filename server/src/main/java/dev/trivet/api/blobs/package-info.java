/**
 * Trivet's service Blobs: whole blobs under a name, small ones inline in the log, large ones as
 * extents that a manifest names.
 *
 * <p>Start reading at {@link dev.trivet.api.blobs.BlobsService}; {@code BlobUpload} takes a blob
 * in, {@code BlobDownload} sends one out.
 *
 * <p>Guarantees: a put is acknowledged when its bytes are on a majority of the disks and its
 * manifest is committed; a get that begins after that sees it, on any node. Nothing whole is in
 * memory but an inline blob.
 *
 * <p>It must not know: how bytes are replicated.
 */
@NullMarked
package dev.trivet.api.blobs;

import org.jspecify.annotations.NullMarked;
