package dev.trivet.mount.kernel;

import dev.trivet.errors.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of the kernel and room for its answer ({@code fuse_in_header}, {@code
 * fuse_out_header}). Owned by one thread at a time; used again for other requests afterwards.
 */
public final class Request {
  private static final Logger LOG = LoggerFactory.getLogger(Request.class);
  private static final int IN_HEADER_BYTES = 40;
  private static final int OUT_HEADER_BYTES = 16;

  private final MemorySegment state;
  private final MemorySegment in;
  private final MemorySegment out;
  private final ByteBuffer inBytes;
  private final ByteBuffer outBytes;
  private final ByteBuffer reply;
  private int descriptor;
  private boolean isAnswered;

  Request(Arena arena, int sizeBytes) {
    state = arena.allocate(Libc.CALL_STATE);
    in = arena.allocate(sizeBytes, 8);
    out = arena.allocate(sizeBytes, 8);
    inBytes = in.asByteBuffer().order(ByteOrder.nativeOrder());
    outBytes = out.asByteBuffer().order(ByteOrder.nativeOrder());
    reply =
        outBytes
            .slice(OUT_HEADER_BYTES, sizeBytes - OUT_HEADER_BYTES)
            .order(ByteOrder.nativeOrder());
  }

  /** Blocks until the kernel has a request; returns its length or {@code -errno}. */
  long receive(int fromDescriptor) {
    descriptor = fromDescriptor;
    isAnswered = false;
    return Libc.read(state, fromDescriptor, in, in.byteSize());
  }

  boolean isAnswered() {
    return isAnswered;
  }

  /** One of {@link Opcode}, or one that is not supported. */
  public int opcode() {
    return inBytes.getInt(4);
  }

  public long node() {
    return inBytes.getLong(16);
  }

  public int uid() {
    return inBytes.getInt(24);
  }

  public int gid() {
    return inBytes.getInt(28);
  }

  /** What follows the header, in native byte order, at position 0. */
  public ByteBuffer body() {
    return inBytes
        .slice(IN_HEADER_BYTES, inBytes.getInt(0) - IN_HEADER_BYTES)
        .order(ByteOrder.nativeOrder());
  }

  /** The bytes up to the next NUL, which is skipped: how the kernel passes names. */
  public static byte[] takeName(ByteBuffer body) {
    int length = 0;
    while (body.get(body.position() + length) != 0) {
      length++;
    }
    byte[] name = new byte[length];
    body.get(name).get();
    return name;
  }

  /** Room for the answer's body, empty, in native byte order: what is put in is sent. */
  public ByteBuffer reply() {
    return reply.clear();
  }

  /** Sends what was put into {@link #reply()}. */
  public void send() {
    send(0, reply.position());
  }

  public void sendEmpty() {
    send(0, 0);
  }

  /** Sends a positive Linux error number. */
  public void sendError(int errno) {
    send(errno, 0);
  }

  /** For requests that get no answer (forget, interrupt). */
  public void sendNothing() {
    isAnswered = true;
  }

  private void send(int errno, int bodyBytes) {
    isAnswered = true;
    int length = OUT_HEADER_BYTES + bodyBytes;
    outBytes.putInt(0, length).putInt(4, -errno).putLong(8, inBytes.getLong(8));
    long result = Libc.write(state, descriptor, out, length);
    // ENOENT: the request was interrupted or aborted; ENODEV: unmounted meanwhile.
    if (result < 0 && result != -Errno.ENOENT && result != -Errno.ENODEV) {
      LOG.error(
          "the kernel refused the answer to opcode {}: errno {}, length {}",
          opcode(),
          -result,
          length);
    }
  }
}
