package dev.trivet.client;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.GetBlobRequest;
import dev.trivet.proto.api.GetBlobResponse;
import dev.trivet.proto.blobs.Manifest;
import io.grpc.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One read of one version of a blob, over as many calls as it takes. One thread.
 *
 * <p>Invariant: the {@code written} bytes from {@code offset} on, of the version that {@code
 * manifest} names, are in the target and in the digest.
 */
final class BlobDownload {
  private static final Duration STALL_LIMIT = Duration.ofSeconds(20);

  private final Channel channel;
  private final String bucket;
  private final String key;
  private final MessageDigest digest = Digests.sha256();
  private final Patience patience = new Patience(Blobs.TRANSFER_PATIENCE, false);
  private long written;

  /** Null until the first answer. */
  private @Nullable Manifest manifest;

  BlobDownload(Channel channel, String bucket, String key) {
    this.channel = channel;
    this.bucket = bucket;
    this.key = key;
  }

  Manifest whole(OutputStream target) throws IOException {
    Manifest whole = part(0, Long.MAX_VALUE, target);
    if (written != whole.getSizeBytes()) {
      throw ErrorCode.DATA_CORRUPT.exception(
          name() + ": " + written + " bytes came, the manifest says " + whole.getSizeBytes());
    }
    Digests.require(digest, whole.getSha256(), name());
    return whole;
  }

  Manifest part(long offset, long length, OutputStream target) throws IOException {
    while (true) {
      try {
        return attempt(offset, length, target);
      } catch (TrivetException error) {
        patience.pauseOrThrow(error);
      }
    }
  }

  private Manifest attempt(long offset, long length, OutputStream target) throws IOException {
    if (manifest != null && written == wanted(manifest, offset, length)) {
      return manifest; // Only the good end of the call was lost.
    }
    GetBlobRequest request =
        GetBlobRequest.newBuilder()
            .setBucket(bucket)
            .setKey(key)
            .setOffset(offset + written)
            .setLength(length == Long.MAX_VALUE ? 0 : length - written)
            .build();
    try (ByteCall<GetBlobRequest, GetBlobResponse> call =
        new ByteCall<>(channel, BlobsGrpc.getGetBlobMethod(), STALL_LIMIT)) {
      call.start();
      call.send(request);
      call.halfClose();
      GetBlobResponse head = call.receive(false);
      if (head == null || !head.hasManifest()) {
        throw ErrorCode.INTERNAL.exception(name() + ": the answer does not begin with a manifest");
      }
      Manifest seen = requireSameVersion(head.getManifest());
      manifest = seen;
      GetBlobResponse next = call.receive(false);
      while (next != null) {
        ByteString data = next.getData();
        data.writeTo(target);
        data.asReadOnlyByteBufferList().forEach(digest::update);
        written += data.size();
        patience.renew();
        next = call.receive(false);
      }
      long wanted = wanted(seen, offset, length);
      if (written < wanted) {
        throw ErrorCode.EXTENT_UNAVAILABLE.exception(
            name() + ": the node ended after " + written + " of " + wanted + " bytes");
      }
      return seen;
    }
  }

  private static long wanted(Manifest manifest, long offset, long length) {
    return Math.max(0, Math.min(length, manifest.getSizeBytes() - offset));
  }

  private Manifest requireSameVersion(Manifest seen) {
    if (manifest != null && manifest.getVersion() != seen.getVersion()) {
      throw ErrorCode.PRECONDITION_FAILED.exception(
          name()
              + " was overwritten while it was read: version "
              + manifest.getVersion()
              + " became "
              + seen.getVersion());
    }
    return seen;
  }

  private String name() {
    return bucket + "/" + key;
  }
}
