package dev.trivet.api.volumes;

import com.google.protobuf.ByteString;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.RequestStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.WriteExtentRequest;
import dev.trivet.proto.api.WriteExtentResponse;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.volumes.VolumeQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * One extent on its way in. Bytes go to the disks as they come; what is never named by a mutation
 * is swept from there.
 *
 * <p>Owned by the call.
 */
final class ExtentUpload
    implements RequestStream.Receiver<WriteExtentRequest, WriteExtentResponse> {
  private static final long MAX_EXTENT_BYTES = 1L << 30;

  private final CommandLog log;
  private final Store store;
  private final ExtentStorage extents;
  private long sizeBytes;

  /** Null until the first message. */
  private ExtentStorage.@Nullable Upload upload;

  ExtentUpload(CommandLog log, Store store, ExtentStorage extents) {
    this.log = log;
    this.store = store;
    this.extents = extents;
  }

  @Override
  public void accept(WriteExtentRequest message) {
    ExtentStorage.Upload open = upload == null ? begin(message.getSessionId()) : upload;
    ByteString data = message.getData();
    if (data.size() > MAX_EXTENT_BYTES - sizeBytes) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "an extent has at most "
              + MAX_EXTENT_BYTES
              + " bytes, got "
              + (sizeBytes + data.size())
              + " so far");
    }
    sizeBytes += data.size();
    data.asReadOnlyByteBufferList().forEach(open::write);
  }

  private ExtentStorage.Upload begin(long sessionId) {
    if (!isLiveHere(sessionId)) {
      Calls.await(log.readBarrier());
      try (ReadView view = store.view()) {
        var _ = VolumeQueries.requireSession(view, sessionId);
      }
    }
    ExtentStorage.Upload begun = extents.begin();
    upload = begun;
    return begun;
  }

  /** As this node knows it. That it may be behind does no harm: the mutation meets the fence. */
  private boolean isLiveHere(long sessionId) {
    try (ReadView view = store.view()) {
      return VolumeQueries.session(view, sessionId) != null;
    }
  }

  @Override
  public WriteExtentResponse finish() {
    if (upload == null || sizeBytes == 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("an extent has at least one byte");
    }
    Extent extent = upload.finish();
    return WriteExtentResponse.newBuilder()
        .setExtent(extent)
        .setUploadBeganMillis(upload.beganMillis())
        .build();
  }

  @Override
  public void close() {
    if (upload != null) {
      upload.close();
    }
  }
}
