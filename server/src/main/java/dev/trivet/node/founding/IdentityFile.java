package dev.trivet.node.founding;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.node.IdentityRecord;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * The file {@code identity} of a data folder: eight bytes of magic, version (4), length of the
 * payload (4), payload (an {@code IdentityRecord}), CRC32C of all before (4); numbers big-endian.
 *
 * <p>Written beside itself, forced, renamed and the folder forced: it is the old one or the new
 * one.
 */
public final class IdentityFile {
  private static final long MAGIC = 0x5452_4956_4944_454eL;
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 16;
  private static final int MAX_PAYLOAD_BYTES = 64 << 10;

  private final Path folder;
  private final Path file;

  /**
   * @param folder the node's data folder
   */
  public IdentityFile(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("identity");
  }

  /**
   * The identity of the folder; a new one is drawn and written when the folder is empty.
   *
   * @param random where the incarnation comes from
   * @throws dev.trivet.errors.TrivetException DATA_FOREIGN when the folder holds anything else, or
   *     the identity of a node with another name or address; DATA_CORRUPT, DATA_TOO_NEW
   */
  public Identity open(Founder self, RandomGenerator random) throws IOException {
    if (Files.exists(file)) {
      Identity known = read();
      requireSame(known.self(), self);
      return known;
    }
    try (var entries = Files.list(folder)) {
      var strange =
          entries
              .map(entry -> String.valueOf(entry.getFileName()))
              .filter(name -> !name.equals(DataFolder.LOCK) && !name.equals("lost+found"))
              .filter(name -> !name.equals(draft().getFileName().toString()))
              .findFirst();
      if (strange.isPresent()) {
        throw ErrorCode.DATA_FOREIGN.exception(
            folder
                + " has no identity file but holds '"
                + strange.get()
                + "': a new node needs an empty folder");
      }
    }
    long incarnation;
    do {
      incarnation = random.nextLong();
    } while (incarnation == 0);
    Identity born =
        new Identity(self.as("%016x".formatted(incarnation)), "", java.util.List.of(), false);
    write(born);
    return born;
  }

  /** Replaces the file; durable when this returns. */
  public void write(Identity identity) throws IOException {
    byte[] payload =
        IdentityRecord.newBuilder()
            .setSelf(MemberForms.write(identity.self()))
            .setClusterId(identity.clusterId())
            .addAllFounders(MemberForms.writeAll(identity.founders()))
            .setIsComplete(identity.isComplete())
            .build()
            .toByteArray();
    ByteBuffer whole = ByteBuffer.allocate(HEAD_BYTES + payload.length + 4);
    whole.putLong(MAGIC).putInt(VERSION).putInt(payload.length).put(payload);
    whole.putInt(crc(whole.duplicate().flip())).flip();
    try (FileChannel channel =
        FileChannel.open(
            draft(),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (whole.hasRemaining()) {
        channel.write(whole);
      }
      channel.force(true);
    }
    Files.move(draft(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Folders.sync(folder);
  }

  private Identity read() throws IOException {
    if (Files.size(file) > HEAD_BYTES + MAX_PAYLOAD_BYTES + 4) {
      throw ErrorCode.DATA_CORRUPT.exception(file + " is too long for an identity");
    }
    ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
    if (whole.remaining() < HEAD_BYTES + 4 || whole.getLong() != MAGIC) {
      throw ErrorCode.DATA_FOREIGN.exception(file + " is not the identity of a Trivet node");
    }
    int version = whole.getInt();
    if (version > VERSION) {
      throw ErrorCode.DATA_TOO_NEW.exception(
          file + " has version " + version + ", this program reads up to " + VERSION);
    }
    int length = whole.getInt();
    if (length != whole.remaining() - 4
        || whole.getInt(HEAD_BYTES + length)
            != crc(whole.duplicate().position(0).limit(HEAD_BYTES + length))) {
      throw ErrorCode.DATA_CORRUPT.exception(
          file + " does not have its checksum: this node must not go on under its old identity");
    }
    try {
      IdentityRecord row = IdentityRecord.parseFrom(whole.limit(HEAD_BYTES + length));
      return new Identity(
          MemberForms.read(row.getSelf()),
          row.getClusterId(),
          MemberForms.readAll(row.getFoundersList()),
          row.getIsComplete());
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.DATA_CORRUPT.exception(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void requireSame(Member known, Founder wanted) {
    Member asked = wanted.as(known.incarnation());
    if (!known.equals(asked)) {
      throw ErrorCode.DATA_FOREIGN.exception(
          folder
              + " belongs to "
              + known
              + ", started was "
              + asked
              + ": a member's name and addresses stay as the cluster knows them");
    }
  }

  private Path draft() {
    return folder.resolve("identity.new");
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
