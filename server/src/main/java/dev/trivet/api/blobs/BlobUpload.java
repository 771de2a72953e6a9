package dev.trivet.api.blobs;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.api.edge.Calls;
import dev.trivet.api.edge.RequestStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.api.PutBlobRequest;
import dev.trivet.proto.api.PutBlobResponse;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CommitManifest;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.objects.ObjectCommands;
import dev.trivet.state.objects.ObjectQueries;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way in: kept here up to 64 KiB, beyond that written to extents as it comes. The
 * manifest is proposed when all bytes are durable on a majority and have the digest that was given.
 *
 * <p>Owned by the call. Invariant: what came is in {@code kept}, or in {@code finished} and {@code
 * open}.
 */
final class BlobUpload implements RequestStream.Receiver<PutBlobRequest, PutBlobResponse> {
  private static final long MAX_EXTENT_BYTES = 1L << 30;
  private static final int DIGEST_BYTES = 32;

  private final CommandLog log;
  private final Store store;
  private final ExtentStorage extents;
  private final InstantSource clock;
  private final MessageDigest digest = sha256();
  private final List<Extent> finished = new ArrayList<>();
  private ByteString kept = ByteString.EMPTY;
  private long totalBytes;

  /** What comes first; null until then. */
  private @Nullable PutBlobHeader header;

  /** The extent that is being written; null between two of them. */
  private ExtentStorage.@Nullable Upload open;

  private long openBytes;

  /** Log time of the oldest extent's beginning; 0 before the first. */
  private long beganMillis;

  BlobUpload(CommandLog log, Store store, ExtentStorage extents, InstantSource clock) {
    this.log = log;
    this.store = store;
    this.extents = extents;
    this.clock = clock;
  }

  @Override
  public void accept(PutBlobRequest message) {
    switch (message.getKindCase()) {
      case HEADER -> begin(message.getHeader());
      case DATA -> add(header(), message.getData());
      case KIND_NOT_SET ->
          throw ErrorCode.INVALID_ARGUMENT.exception("a message is a header or data");
    }
  }

  private void begin(PutBlobHeader first) {
    if (header != null) {
      throw ErrorCode.INVALID_ARGUMENT.exception("a blob has one header, this is the second");
    }
    int size = first.getSha256().size();
    if (size != 0 && size != DIGEST_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a SHA-256 has " + DIGEST_BYTES + " bytes, got " + size);
    }
    header = first;
  }

  private PutBlobHeader header() {
    if (header == null) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the header comes before the data");
    }
    return header;
  }

  private void add(PutBlobHeader first, ByteString data) {
    for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
      digest.update(part);
    }
    totalBytes += data.size();
    if (totalBytes <= ObjectCommands.MAX_INLINE_BYTES) {
      kept = kept.concat(data);
      return;
    }
    if (beganMillis == 0) {
      refuseEarly(first);
    }
    write(kept.concat(data));
    kept = ByteString.EMPTY;
  }

  /** What would be refused at the end, after all bytes were stored for nothing. */
  private void refuseEarly(PutBlobHeader first) {
    Calls.await(log.readBarrier());
    try (ReadView view = store.view()) {
      BlobsService.requireBucket(view, first.getBucket());
      Precondition wanted = first.getPrecondition();
      Manifest old = ObjectQueries.head(view, first.getBucket(), first.getKey());
      boolean isInTheWay = wanted.getMustBeAbsent() && old != null;
      boolean isOther =
          wanted.hasVersionIs() && (old == null || old.getVersion() != wanted.getVersionIs());
      if (isInTheWay || isOther) {
        throw ErrorCode.PRECONDITION_FAILED.exception();
      }
    }
  }

  private void write(ByteString bytes) {
    for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
      while (part.hasRemaining()) {
        ExtentStorage.Upload upload = open == null ? beginExtent() : open;
        int size = (int) Math.min(part.remaining(), MAX_EXTENT_BYTES - openBytes);
        upload.write(part.slice(part.position(), size));
        part.position(part.position() + size);
        openBytes += size;
        if (openBytes == MAX_EXTENT_BYTES) {
          finishExtent(upload);
        }
      }
    }
  }

  private ExtentStorage.Upload beginExtent() {
    ExtentStorage.Upload begun = extents.begin();
    open = begun;
    openBytes = 0;
    if (beganMillis == 0) {
      beganMillis = begun.beganMillis();
    }
    return begun;
  }

  private void finishExtent(ExtentStorage.Upload upload) {
    finished.add(upload.finish());
    upload.close();
    open = null;
  }

  @Override
  public PutBlobResponse finish() {
    PutBlobHeader first = header();
    ByteString sha256 = UnsafeByteOperations.unsafeWrap(digest.digest());
    if (!first.getSha256().isEmpty() && !first.getSha256().equals(sha256)) {
      throw ErrorCode.BAD_DIGEST.exception(
          "the content has SHA-256 " + hex(sha256) + ", given was " + hex(first.getSha256()));
    }
    if (open != null) {
      finishExtent(open);
    }
    boolean isInline = totalBytes <= ObjectCommands.MAX_INLINE_BYTES;
    Manifest manifest =
        Manifest.newBuilder()
            .setSizeBytes(totalBytes)
            .setSha256(sha256)
            .setContentType(first.getContentType())
            .putAllMetadata(first.getMetadataMap())
            .addAllExtents(finished)
            .setIsInline(isInline)
            .build();
    CommitManifest commit =
        CommitManifest.newBuilder()
            .setBucket(first.getBucket())
            .setKey(first.getKey())
            .setManifest(manifest)
            .setInlineContent(kept)
            .setPrecondition(first.getPrecondition())
            .setUploadBeganMillis(isInline ? now() : beganMillis)
            .build();
    Manifest stored =
        Calls.accepted(
                Calls.await(log.propose(Command.newBuilder().setCommitManifest(commit).build())))
            .getManifest();
    return PutBlobResponse.newBuilder().setManifest(stored).build();
  }

  /** The log's time as far as this node knows it. */
  private long now() {
    try (ReadView view = store.view()) {
      return Math.max(Counter.LOG_TIME.in(view), clock.millis());
    }
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
    }
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
