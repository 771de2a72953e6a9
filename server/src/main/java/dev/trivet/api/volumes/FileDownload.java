package dev.trivet.api.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.ReadFileRequest;
import dev.trivet.proto.api.ReadFileResponse;
import dev.trivet.proto.files.Slice;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.util.List;

/**
 * A range of a file on its way out, in messages of 256 KiB. Slices are looked up a few at a time,
 * each time as they are then and behind the fence, so that no view is held while bytes travel.
 *
 * <p>Owned by the stream's thread.
 */
final class FileDownload {
  private static final int MESSAGE_BYTES = 256 << 10;

  /** With inline slices of 64 KiB, 4 MiB in memory. */
  private static final int SLICES_AT_ONCE = 64;

  private static final ByteString ZEROS = ByteString.copyFrom(new byte[MESSAGE_BYTES]);

  private final Store store;
  private final ExtentStorage extents;
  private final ReadFileRequest request;
  private final ReplyStream<ReadFileResponse> replies;

  /** Bytes that do not fill a message yet. */
  private ByteString collected = ByteString.EMPTY;

  /** Slices of a moment, and how far they and the holes among them reach. */
  private record Part(List<Slice> slices, long end) {}

  FileDownload(
      Store store,
      ExtentStorage extents,
      ReadFileRequest request,
      ReplyStream<ReadFileResponse> replies) {
    this.store = store;
    this.extents = extents;
    this.request = request;
    this.replies = replies;
  }

  /** To be called after a barrier. */
  void send() {
    long at = request.getOffset();
    Part part = next(at);
    while (part.end() > at) {
      for (Slice slice : part.slices()) {
        sendZeros(slice.getOffset() - at);
        sendSlice(slice);
        at = slice.getOffset() + slice.getLength();
      }
      sendZeros(part.end() - at);
      at = part.end();
      part = next(at);
    }
    if (!collected.isEmpty()) {
      flush();
    }
  }

  private Part next(long at) {
    try (ReadView view = store.view()) {
      long volume = VolumeQueries.requireSession(view, request.getSessionId()).getVolumeId();
      long size = VolumeQueries.attributes(view, volume, request.getInode()).getSizeBytes();
      long left = request.getLength() - (at - request.getOffset());
      // Asked for even where nothing is left: what is no file is refused there, too.
      List<Slice> slices =
          VolumeQueries.slices(
              view,
              volume,
              request.getInode(),
              at,
              Math.min(left, Math.max(0, size - at)),
              SLICES_AT_ONCE);
      if (slices.size() < SLICES_AT_ONCE) {
        return new Part(slices, Math.min(size, at + Math.min(left, Long.MAX_VALUE - at)));
      }
      Slice last = slices.getLast();
      return new Part(slices, last.getOffset() + last.getLength());
    }
  }

  private void sendSlice(Slice slice) {
    if (slice.hasExtent()) {
      extents.read(
          ExtentId.of(slice.getExtent().getExtentId()),
          slice.getExtent().getOffset(),
          slice.getLength(),
          this::send);
    } else {
      send(slice.getInline());
    }
  }

  private void sendZeros(long count) {
    for (long left = count; left > 0; left -= ZEROS.size()) {
      send(ZEROS.substring(0, (int) Math.min(left, ZEROS.size())));
    }
  }

  private void send(ByteString bytes) {
    collected = collected.concat(bytes);
    while (collected.size() >= MESSAGE_BYTES) {
      flush();
    }
  }

  private void flush() {
    int size = Math.min(collected.size(), MESSAGE_BYTES);
    replies.send(ReadFileResponse.newBuilder().setData(collected.substring(0, size)).build());
    collected = collected.substring(size);
  }
}
