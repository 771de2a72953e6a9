package dev.trivet.node.founding;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.Member;
import dev.trivet.proto.node.IdentityRecord;
import dev.trivet.store.Folders;
import dev.trivet.store.SealedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The file {@code identity} of a data folder, a {@link SealedFile} whose payload is an {@code
 * IdentityRecord}.
 */
public final class IdentityFile {
  private static final long MAGIC = 0x5452_4956_4944_454eL;
  private static final int VERSION = 1;

  private final Path folder;
  private final SealedFile file;

  /**
   * @param folder the node's data folder
   */
  public IdentityFile(Path folder) {
    this.folder = folder;
    this.file =
        new SealedFile(folder.resolve("identity"), MAGIC, VERSION, "the identity of a Trivet node");
  }

  /**
   * The identity of the folder; a new one is drawn and written when the folder is empty.
   *
   * @param random where the incarnation comes from
   * @throws dev.trivet.errors.TrivetException DATA_FOREIGN when the folder holds anything else, or
   *     the identity of a node with another name or address; DATA_CORRUPT, DATA_TOO_NEW
   */
  public Identity open(Founder self, RandomGenerator random) throws IOException {
    if (Files.exists(file.file())) {
      Identity known = read();
      requireSame(known.self(), self);
      return known;
    }
    try (var entries = Files.list(folder)) {
      var strange =
          entries
              .map(entry -> String.valueOf(entry.getFileName()))
              .filter(name -> !name.equals(DataFolder.LOCK) && !name.equals("lost+found"))
              .filter(name -> !name.equals(String.valueOf(file.draft().getFileName())))
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
    file.write(payload);
    Folders.sync(folder);
  }

  private Identity read() throws IOException {
    try {
      IdentityRecord row = IdentityRecord.parseFrom(file.read());
      return new Identity(
          MemberForms.read(row.getSelf()),
          row.getClusterId(),
          MemberForms.readAll(row.getFoundersList()),
          row.getIsComplete());
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.DATA_CORRUPT.exception(file.file() + " cannot be read: " + e.getMessage(), e);
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
}
