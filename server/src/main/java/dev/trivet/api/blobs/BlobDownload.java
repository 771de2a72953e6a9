package dev.trivet.api.blobs;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.GetBlobRequest;
import dev.trivet.proto.api.GetBlobResponse;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.store.Rows;

/**
 * A range of one version of a blob on its way out.
 *
 * @param inline the whole content of an inline blob; empty for all others
 * @param start first byte that is wanted
 * @param end behind the last one
 */
record BlobDownload(Manifest manifest, ByteString inline, long start, long end) {
  private static final int MESSAGE_BYTES = 256 << 10;

  /** Takes all that must come from the same view as the manifest. */
  static BlobDownload of(Rows rows, Manifest manifest, GetBlobRequest request) {
    long size = manifest.getSizeBytes();
    long start = request.getOffset();
    if (start < 0 || start > size) {
      throw ErrorCode.INVALID_RANGE.exception(
          "offset " + Long.toUnsignedString(start) + ", the blob has " + size + " bytes");
    }
    long length = request.getLength();
    boolean isToTheEnd = length <= 0 || length > size - start;
    return new BlobDownload(
        manifest,
        manifest.getIsInline() ? ObjectQueries.inlineContent(rows, manifest) : ByteString.EMPTY,
        start,
        isToTheEnd ? size : start + length);
  }

  /** Sends the manifest, then the bytes; blocks while the caller is slower. */
  void sendTo(ReplyStream<GetBlobResponse> replies, ExtentStorage extents) {
    replies.send(GetBlobResponse.newBuilder().setManifest(manifest).build());
    if (manifest.getIsInline()) {
      sendPieces(replies, inline.substring((int) start, (int) end));
      return;
    }
    long extentStart = 0;
    for (Extent extent : manifest.getExtentsList()) {
      long extentEnd = extentStart + extent.getSizeBytes();
      long from = Math.max(start, extentStart);
      long to = Math.min(end, extentEnd);
      if (from < to) {
        extents.read(
            ExtentId.of(extent.getId()),
            from - extentStart,
            to - from,
            bytes -> sendPieces(replies, bytes));
      }
      extentStart = extentEnd;
    }
  }

  private static void sendPieces(ReplyStream<GetBlobResponse> replies, ByteString bytes) {
    for (int at = 0; at < bytes.size(); at += MESSAGE_BYTES) {
      ByteString piece = bytes.substring(at, Math.min(bytes.size(), at + MESSAGE_BYTES));
      replies.send(GetBlobResponse.newBuilder().setData(piece).build());
    }
  }
}
