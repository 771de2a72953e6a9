package dev.trivet.extents;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Folders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * An extent's file in the making. It is written under a name of its own and takes the extent's name
 * only when all of it is on disk; whatever fails before leaves nothing.
 *
 * <p>Belongs to one thread.
 */
final class ExtentWriter implements AutoCloseable {
  /** Most bytes of one {@link #append}. */
  static final int MAX_APPEND_BYTES = 256 << 10;

  /** Otherwise a last fsync of up to 1 GiB would take longer than anybody waits. */
  private static final long SYNC_EVERY_BYTES = 16 << 20;

  private final LocalExtents owner;
  private final Disk disk;
  private final ExtentId id;
  private final Path part;
  private final Path whole;
  private final FileChannel channel;
  private final byte[] piece = new byte[MAX_APPEND_BYTES];
  private final ByteArrayOutputStream blockChecksums = new ByteArrayOutputStream();
  private final CRC32C block = new CRC32C();
  private final Crc64Nvme payload = new Crc64Nvme();
  private long size;
  private long synced;
  private boolean isEnded;

  private ExtentWriter(
      LocalExtents owner, Disk disk, ExtentId id, Path whole, Path part, FileChannel channel) {
    this.owner = owner;
    this.disk = disk;
    this.id = id;
    this.whole = whole;
    this.part = part;
    this.channel = channel;
  }

  static ExtentWriter create(
      LocalExtents owner, Disk disk, ExtentId id, Path whole, long beganMillis) {
    Path part = whole.resolveSibling(whole.getFileName() + LocalExtents.PART);
    try {
      return disk.call(
          () -> {
            // One that could not be removed may be there; two at once the owner does not allow.
            FileChannel channel =
                FileChannel.open(
                    part,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            ExtentWriter writer = new ExtentWriter(owner, disk, id, whole, part, channel);
            try {
              writer.put(ExtentFormat.header(ExtentFormat.VERSION, id, beganMillis));
            } catch (IOException e) {
              writer.removePart(e);
              throw e;
            }
            return writer;
          });
    } catch (IOException e) {
      throw Disk.failure("creating " + part, e);
    }
  }

  /** Payload so far. */
  long size() {
    return size;
  }

  /** Adds to the payload at most {@link #MAX_APPEND_BYTES}. */
  void append(ByteString bytes) {
    int length = bytes.size();
    if (length > MAX_APPEND_BYTES || size + length > ExtentFormat.MAX_PAYLOAD_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a frame has at most "
              + MAX_APPEND_BYTES
              + " bytes and an extent "
              + ExtentFormat.MAX_PAYLOAD_BYTES
              + ", got "
              + length
              + " at "
              + size);
    }
    bytes.copyTo(piece, 0);
    payload.update(piece, 0, length);
    sumBlocks(length);
    size += length;
    try {
      disk.run(() -> put(ByteBuffer.wrap(piece, 0, length)));
      if (size - synced >= SYNC_EVERY_BYTES) {
        disk.sync(() -> channel.force(false));
        synced = size;
      }
    } catch (IOException e) {
      throw Disk.failure("writing " + part, e);
    }
  }

  /**
   * Ends the payload and brings all of it to disk, the directory entry included.
   *
   * @throws dev.trivet.errors.TrivetException {@code BAD_DIGEST} when the payload is not what it
   *     should be
   */
  void complete(long expectedBytes, long expectedCrc64) {
    if (size != expectedBytes || payload.value() != expectedCrc64) {
      throw ErrorCode.BAD_DIGEST.exception(
          String.format(
              "extent %s arrived with %d bytes and CRC64 %016x, announced were %d and %016x",
              id, size, payload.value(), expectedBytes, expectedCrc64));
    }
    if (size % ExtentFormat.BLOCK_BYTES != 0) {
      endBlock();
    }
    try {
      disk.sync(
          () -> {
            put(ExtentFormat.trailer(blockChecksums.toByteArray(), size, payload.value()));
            channel.force(true);
            channel.close();
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
            syncFolder();
          });
    } catch (IOException e) {
      throw Disk.failure("completing " + whole, e);
    }
    isEnded = true;
    owner.arrived(id);
  }

  /** A name that may not be on disk is taken back: nobody will be told that it is there. */
  private void syncFolder() throws IOException {
    try {
      Folders.sync(whole.toAbsolutePath().resolveSibling("."));
    } catch (IOException e) {
      Files.deleteIfExists(whole);
      throw e;
    }
  }

  /** Gives an incomplete file up. */
  @Override
  public void close() {
    if (isEnded) {
      return;
    }
    isEnded = true;
    try {
      disk.run(
          () -> {
            channel.close();
            Files.deleteIfExists(part);
          });
    } catch (IOException e) {
      // The next start removes it.
      LocalExtents.LOG.warn("{} could not be removed", part, e);
    } finally {
      owner.gaveUp(id);
    }
  }

  private void removePart(IOException because) {
    try (channel) {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void sumBlocks(int length) {
    int at = 0;
    while (at < length) {
      int filled = (int) ((size + at) % ExtentFormat.BLOCK_BYTES);
      int step = Math.min(length - at, ExtentFormat.BLOCK_BYTES - filled);
      block.update(piece, at, step);
      at += step;
      if (filled + step == ExtentFormat.BLOCK_BYTES) {
        endBlock();
      }
    }
  }

  private void endBlock() {
    blockChecksums.writeBytes(ByteBuffer.allocate(4).putInt((int) block.getValue()).array());
    block.reset();
  }
}
