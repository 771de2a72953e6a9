package dev.trivet.state.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.log.BucketRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How buckets and objects are laid out as rows. An object's key is its bucket's name, a zero byte
 * (which no bucket name has) and its own name in UTF-8, so that a bucket's objects lie together in
 * the order of their names' bytes.
 */
final class ObjectRows {
  private ObjectRows() {}

  static byte[] bucketKey(String bucket) {
    return bucket.getBytes(UTF_8);
  }

  static byte[] objectKey(String bucket, String key) {
    return (bucket + '\0' + key).getBytes(UTF_8);
  }

  static String nameIn(byte[] objectKey, String bucket) {
    int start = bucketKey(bucket).length + 1;
    return new String(objectKey, start, objectKey.length - start, UTF_8);
  }

  static byte[] inlineKey(long version) {
    return ByteBuffer.allocate(8).putLong(version).array();
  }

  /** The first key behind all keys that begin with this one, whose first byte is not 0xff. */
  static byte[] behindPrefix(byte[] prefix) {
    int end = prefix.length;
    while (prefix[end - 1] == (byte) 0xff) {
      end--;
    }
    byte[] behind = Arrays.copyOf(prefix, end);
    behind[end - 1]++;
    return behind;
  }

  /**
   * Bytes of a manifest with its metadata in the order of their names: the order in a protobuf map
   * is not part of the message, but every node must write the same row.
   */
  static byte[] encode(Manifest manifest) {
    byte[] bytes = new byte[manifest.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      manifest.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  static Manifest manifest(byte[] row) {
    try {
      return Manifest.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the table of objects cannot be read", e);
    }
  }

  static BucketRecord bucket(byte[] row) {
    try {
      return BucketRecord.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of the table of buckets cannot be read", e);
    }
  }
}
