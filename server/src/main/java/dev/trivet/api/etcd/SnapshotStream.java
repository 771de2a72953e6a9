package dev.trivet.api.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.api.edge.ReplyStream;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.etcd.SnapshotResponse;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.proto.snapshot.SnapshotPart;
import dev.trivet.state.snapshots.KeySnapshot;
import dev.trivet.store.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * A snapshot's file, in the pieces in which it goes over the wire: the form is in {@code
 * trivet/snapshot.proto}. The last message has the digest alone, as etcd's.
 */
final class SnapshotStream {
  private static final ByteString MAGIC =
      ByteString.copyFrom("TRVSNAP1", StandardCharsets.US_ASCII);

  /** etcd's clients take a file for whole only when it is a multiple of this, and the digest. */
  private static final int BLOCK_BYTES = 512;

  private static final int LENGTH_BYTES = 4;

  private final ReplyStream<SnapshotResponse> replies;
  private final SnapshotResponse form;
  private final long expectedBytes;
  private final MessageDigest digest = sha256();
  private long sent;

  /**
   * @param expectedBytes what there is to send, roughly: for the client's progress
   */
  SnapshotStream(
      ReplyStream<SnapshotResponse> replies,
      ResponseHeader header,
      String version,
      long expectedBytes) {
    this.replies = replies;
    this.form = SnapshotResponse.newBuilder().setHeader(header).setVersion(version).build();
    this.expectedBytes = expectedBytes;
  }

  void send(Rows rows, SnapshotHead head) {
    piece(MAGIC);
    KeySnapshot.read(rows, head, part -> piece(frame(part)));
    int end = LENGTH_BYTES;
    int padding = Math.floorMod(-(sent + end), BLOCK_BYTES);
    piece(UnsafeByteOperations.unsafeWrap(new byte[end + padding]));
    replies.send(
        form.toBuilder()
            .setRemainingBytes(0)
            .setBlob(UnsafeByteOperations.unsafeWrap(digest.digest()))
            .build());
  }

  private void piece(ByteString bytes) {
    digest.update(bytes.asReadOnlyByteBuffer());
    sent += bytes.size();
    replies.send(
        form.toBuilder()
            .setRemainingBytes(Math.max(1, expectedBytes - sent))
            .setBlob(bytes)
            .build());
  }

  private static ByteString frame(SnapshotPart part) {
    int size = part.getSerializedSize();
    ByteBuffer frame = ByteBuffer.allocate(LENGTH_BYTES + size + 4).putInt(size);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(frame.slice(LENGTH_BYTES, size));
      part.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer of the message's own size is too small", e);
    }
    CRC32C crc = new CRC32C();
    crc.update(frame.slice(LENGTH_BYTES, size));
    frame.position(LENGTH_BYTES + size).putInt((int) crc.getValue());
    return UnsafeByteOperations.unsafeWrap(frame.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
