package dev.trivet.failing;

import dev.trivet.failing.Failure.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open file whose writes and syncs may fail. */
final class FailingChannel extends FileChannel {
  private final FileChannel real;
  private final Failure failure;
  private final Path path;

  FailingChannel(FileChannel real, Failure failure, Path path) {
    this.real = real;
    this.failure = failure;
    this.path = path;
  }

  /** How a write is done, at the file's position or elsewhere. */
  private interface Writing {
    int write(ByteBuffer bytes) throws IOException;
  }

  private int write(ByteBuffer bytes, Writing writing) throws IOException {
    int allowed = failure.allowed(bytes.remaining());
    if (allowed < 0) {
      return writing.write(bytes);
    }
    var _ = writing.write(bytes.slice(bytes.position(), allowed));
    throw Failure.failed(Kind.WRITE, path);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return write(bytes, real::write);
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return write(bytes, part -> real.write(part, position));
  }

  @Override
  public long write(ByteBuffer[] parts, int offset, int length) throws IOException {
    failure.before(Kind.WRITE, path);
    return real.write(parts, offset, length);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    failure.before(Kind.WRITE, path);
    var _ = real.truncate(size);
    return this;
  }

  @Override
  public void force(boolean withMetadata) throws IOException {
    // The real one is left out: nobody cuts the power here, and the loops have thousands.
    failure.before(Kind.FORCE, path);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return real.read(bytes);
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return real.read(bytes, position);
  }

  @Override
  public long read(ByteBuffer[] parts, int offset, int length) throws IOException {
    return real.read(parts, offset, length);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    var _ = real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return real.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    failure.before(Kind.WRITE, path);
    return real.transferFrom(source, position, count);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return real.map(mode, position, size);
  }

  @Override
  public MemorySegment map(MapMode mode, long position, long size, Arena arena) throws IOException {
    return real.map(mode, position, size, arena);
  }

  @Override
  public FileLock lock(long position, long size, boolean isShared) throws IOException {
    return real.lock(position, size, isShared);
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean isShared) throws IOException {
    return real.tryLock(position, size, isShared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }
}
