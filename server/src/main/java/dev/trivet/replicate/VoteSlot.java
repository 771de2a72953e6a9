package dev.trivet.replicate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One of the two slots of {@link VoteCopy}'s file, which is of 8,192 bytes: even numbers are in the
 * first half, odd ones in the second. In a slot are eight bytes of magic, version (4), number (8),
 * term (8), length of the vote (4), the vote as UTF-8, and CRC32C of all before (4); big-endian.
 *
 * @param number one higher each time
 * @param vote the peer voted for in the term; empty for none
 */
record VoteSlot(long number, long term, String vote) {
  private static final long MAGIC = 0x5452_4956_564f_5445L;
  private static final int VERSION = 2;

  /** A block of the disk: no slot shares one with the other. */
  private static final int SLOT_BYTES = 4096;

  private static final int HEAD_BYTES = 32;
  private static final int MAX_VOTE_BYTES = SLOT_BYTES - HEAD_BYTES - Integer.BYTES;

  boolean isVote() {
    return !vote.isEmpty();
  }

  /** Begins a file with this slot; its name is on disk once the folder is synced. */
  static void begin(Path file, VoteSlot first) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, ByteBuffer.allocate(2 * SLOT_BYTES), 0);
      first.writeTo(channel);
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes it in its place, and does not bring it to disk. */
  void writeTo(FileChannel channel) throws IOException {
    byte[] name = vote.getBytes(UTF_8);
    if (name.length > MAX_VOTE_BYTES) {
      throw new IllegalArgumentException("the name of a peer has " + name.length + " bytes");
    }
    ByteBuffer slot =
        ByteBuffer.allocate(HEAD_BYTES + name.length + Integer.BYTES)
            .putLong(MAGIC)
            .putInt(VERSION)
            .putLong(number)
            .putLong(term)
            .putInt(name.length)
            .put(name);
    slot.putInt(checksum(slot.duplicate().flip()));
    write(channel, slot.flip(), (number & 1) * SLOT_BYTES);
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes, from + bytes.position());
    }
  }

  /**
   * The one with the highest number. One of the two may be half written, by a crash before it was
   * told.
   *
   * @throws dev.trivet.errors.TrivetException DATA_TOO_NEW; DATA_CORRUPT when both are damaged
   */
  static VoteSlot newest(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    VoteSlot even = parse(file, whole, 0);
    VoteSlot odd = parse(file, whole, SLOT_BYTES);
    VoteSlot newest = even == null || (odd != null && odd.number > even.number) ? odd : even;
    if (newest == null) {
      throw ErrorCode.DATA_CORRUPT.exception(
          file + " does not have its checksums: this node must not go on under its old identity");
    }
    return newest;
  }

  private static @Nullable VoteSlot parse(Path file, byte[] whole, int from) {
    if (whole.length < from + HEAD_BYTES + Integer.BYTES) {
      return null;
    }
    ByteBuffer slot =
        ByteBuffer.wrap(whole, from, Math.min(SLOT_BYTES, whole.length - from)).slice();
    if (slot.getLong() != MAGIC) {
      return null;
    }
    int version = slot.getInt();
    long number = slot.getLong();
    long term = slot.getLong();
    int length = slot.getInt();
    if (length < 0 || length > slot.remaining() - Integer.BYTES) {
      return null;
    }
    byte[] name = new byte[length];
    slot.get(name);
    if (slot.getInt(HEAD_BYTES + length)
        != checksum(slot.duplicate().position(0).limit(HEAD_BYTES + length))) {
      return null;
    }
    if (version > VERSION) {
      throw ErrorCode.DATA_TOO_NEW.exception(
          file + " has version " + version + ", this program reads up to " + VERSION);
    }
    return new VoteSlot(number, term, new String(name, UTF_8));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public String toString() {
    return "term %d and vote '%s'".formatted(term, vote);
  }
}
