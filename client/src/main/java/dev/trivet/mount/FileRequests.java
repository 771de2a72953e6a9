package dev.trivet.mount;

import dev.trivet.errors.Errno;
import dev.trivet.mount.kernel.Answers;
import dev.trivet.mount.kernel.FuseConnection;
import dev.trivet.mount.kernel.Request;
import dev.trivet.proto.files.Attributes;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests about the bytes of files. */
final class FileRequests {
  private static final Logger LOG = LoggerFactory.getLogger(FileRequests.class);
  private static final int O_ACCMODE = 3;
  private static final long READ_ONLY = 0;
  private static final long WRITABLE = 1;
  private static final int WRITE_HEADER_BYTES = 40;
  private static final long LARGEST_FILE_BYTES = 1L << 62;

  private final OpenFiles files;
  private final Clock clock;

  FileRequests(OpenFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  /** The handle says only whether the file may be written: all else is kept by inode. */
  static long handle(int openFlags) {
    return (openFlags & O_ACCMODE) == 0 ? READ_ONLY : WRITABLE;
  }

  /** {@code fuse_open_in}. */
  void open(Request request) {
    int flags = request.body().getInt(0);
    files.open(request.node());
    Answers.opened(request.reply(), handle(flags), Answers.FOPEN_KEEP_CACHE);
  }

  /** {@code fuse_read_in}. */
  void read(Request request) {
    ByteBuffer body = request.body();
    long offset = body.getLong(8);
    int length = body.getInt(16);
    if (length < 0 || length > FuseConnection.MAX_TRANSFER_BYTES) {
      throw new ErrnoException(Errno.EINVAL);
    }
    OpenFile file = files.require(request.node());
    OpenFile.View view = file.view(offset, length);
    byte[] bytes = new byte[length];
    int count = length;
    Attributes attributes = view.attributes();
    if (attributes != null) {
      count = Math.clamp(attributes.getSizeBytes() - offset, 0, length);
    }
    if (count > 0 && !view.isCovered() && offset < file.storedEnd()) {
      int stored = files.store().read(request.node(), offset, bytes);
      count = attributes == null ? stored : count;
    }
    ByteBuffer reply = request.reply();
    int start = reply.position();
    reply.put(bytes, 0, count);
    for (DirtyRanges.Range range : view.ranges()) {
      int at = (int) (range.offset() - offset);
      int inside = Math.min(range.bytes().remaining(), count - at);
      if (inside > 0) {
        reply.put(start + at, range.bytes(), range.bytes().position(), inside);
      }
    }
  }

  /** {@code fuse_write_in}, then the bytes. */
  void write(Request request) {
    ByteBuffer body = request.body();
    long offset = body.getLong(8);
    int size = body.getInt(16);
    if (offset < 0 || offset > LARGEST_FILE_BYTES - size) {
      throw new ErrnoException(Errno.EFBIG);
    }
    OpenFile file = files.require(request.node());
    files.attributes(file);
    files.awaitRoom();
    Instant now = clock.instant();
    file.write(
        offset,
        body.slice(WRITE_HEADER_BYTES, size),
        now.getEpochSecond() * 1_000_000_000L + now.getNano());
    if (file.beginBackground()) {
      Thread.ofVirtual().name("write-back-" + file.inode()).start(() -> writeBackQuietly(file));
    }
    Answers.written(request.reply(), size);
  }

  private static void writeBackQuietly(OpenFile file) {
    try {
      file.writeBack();
    } catch (RuntimeException e) {
      // The bytes are kept: the next fsync or close tries again and tells.
      LOG.warn("inode {} could not be written back yet", file.inode(), e);
    }
  }

  /** A close of a descriptor ({@code fuse_flush_in}). */
  void flush(Request request) {
    OpenFile file = files.require(request.node());
    if (request.body().getLong(0) == WRITABLE && !file.isUnlinked()) {
      file.writeBack();
    }
    request.reply();
  }

  void sync(Request request) {
    files.require(request.node()).writeBack();
    request.reply();
  }

  void release(Request request) {
    files.close(request.node());
    request.reply();
  }
}
