package dev.trivet.extents;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.errors.ErrorCode;
import dev.trivet.state.entry.ExtentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * An extent's file that is open for reading. Header and trailer are checked at opening, each block
 * before any of its bytes is handed out.
 *
 * <p>Belongs to one thread.
 */
final class ExtentReader implements AutoCloseable {
  private static final int BLOCKS_AT_ONCE = 4;

  private final Disk disk;
  private final ExtentId id;
  private final FileChannel channel;
  private final long beganMillis;
  private final long size;
  private final ByteBuffer trailer;

  private ExtentReader(Disk disk, ExtentId id, FileChannel channel) throws IOException {
    this.disk = disk;
    this.id = id;
    this.channel = channel;
    long fileBytes = channel.size();
    beganMillis = ExtentFormat.beganMillis(get(0, ExtentFormat.HEADER_BYTES), id);
    ByteBuffer tail = get(fileBytes - ExtentFormat.TAIL_BYTES, ExtentFormat.TAIL_BYTES);
    size = ExtentFormat.payloadBytes(tail, fileBytes, id);
    trailer = get(ExtentFormat.HEADER_BYTES + size, ExtentFormat.trailerBytes(size));
    ExtentFormat.check(trailer, id);
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read
   * @throws dev.trivet.errors.TrivetException {@code DATA_CORRUPT}, {@code DATA_TOO_NEW} or {@code
   *     DATA_TOO_OLD}
   */
  static ExtentReader open(Disk disk, Path file, ExtentId id) throws IOException {
    return disk.call(
        () -> {
          FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          try {
            return new ExtentReader(disk, id, channel);
          } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
          }
        });
  }

  long size() {
    return size;
  }

  long crc64() {
    return ExtentFormat.crc64(trailer);
  }

  /** Log time when the upload began. */
  long beganMillis() {
    return beganMillis;
  }

  /** Hands a range out in order, in pieces of at most 256 KiB. */
  void read(long offset, long length, ExtentStorage.Sink sink) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw ErrorCode.INVALID_RANGE.exception(
          "the extent has " + size + " bytes, asked were " + length + " at " + offset);
    }
    long end = offset + length;
    long at = offset;
    while (at < end) {
      long start = at - at % ExtentFormat.BLOCK_BYTES;
      long stop = Math.min(size, start + (long) BLOCKS_AT_ONCE * ExtentFormat.BLOCK_BYTES);
      int needed = (int) (Math.min(roundUp(end), stop) - start);
      byte[] blocks = blocks(start, needed);
      int from = (int) (at - start);
      int to = (int) (Math.min(end, start + needed) - start);
      sink.accept(whole(blocks).substring(from, to));
      at = start + to;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LocalExtents.LOG.warn("closing extent {} failed", id, e);
    }
  }

  private byte[] blocks(long start, int length) {
    byte[] bytes;
    try {
      bytes = disk.call(() -> get(ExtentFormat.HEADER_BYTES + start, length).array());
    } catch (IOException e) {
      throw Disk.failure("reading extent " + id, e);
    }
    int number = (int) (start / ExtentFormat.BLOCK_BYTES);
    CRC32C crc = new CRC32C();
    for (int at = 0; at < length; at += ExtentFormat.BLOCK_BYTES, number++) {
      crc.reset();
      crc.update(bytes, at, Math.min(ExtentFormat.BLOCK_BYTES, length - at));
      if ((int) crc.getValue() != trailer.getInt(4 * number)) {
        throw ExtentFormat.corrupt(id, "block " + number + " does not have its checksum");
      }
    }
    return bytes;
  }

  /** Up to the end of the block, or of the payload. */
  private long roundUp(long offset) {
    long blocks = (offset + ExtentFormat.BLOCK_BYTES - 1) / ExtentFormat.BLOCK_BYTES;
    return Math.min(size, blocks * ExtentFormat.BLOCK_BYTES);
  }

  private ByteBuffer get(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      long from = position + bytes.position();
      if (from < 0 || channel.read(bytes, from) < 0) {
        throw ExtentFormat.corrupt(id, "its file has " + channel.size() + " bytes only");
      }
    }
    return bytes.flip();
  }

  /** The array is not written any more. */
  private static ByteString whole(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
