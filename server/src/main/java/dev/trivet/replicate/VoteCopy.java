package dev.trivet.replicate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import dev.trivet.store.SealedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.ratis.server.storage.RaftStorageMetadata;

/**
 * The file {@code vote-copy} beside Ratis's file of term and vote, which has no checksum: with one
 * wrong bit in that, a node would vote a second time in a term, for somebody else.
 *
 * <p>Invariant: it is written after Ratis's file, so what it says is what that file says, or was
 * true before. A term that is higher than the copy's, or a vote in a term where the copy has none,
 * may therefore be right, and does no harm if it is not.
 */
final class VoteCopy {
  private static final long MAGIC = 0x5452_4956_564f_5445L;
  private static final int VERSION = 1;

  private VoteCopy() {}

  /** Writes the copy into Ratis's folder {@code current}. */
  static void write(Path current, RaftStorageMetadata told) throws IOException {
    byte[] vote = told.getVotedFor().toString().getBytes(UTF_8);
    file(current)
        .write(
            ByteBuffer.allocate(Long.BYTES + vote.length)
                .putLong(told.getTerm())
                .put(vote)
                .array());
  }

  /**
   * Compares both before Ratis reads its own.
   *
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT when the node may have told another vote
   */
  static void check(Path dataFolder) throws IOException {
    for (Path current : RaftFiles.logs(dataFolder)) {
      SealedFile copy = file(current);
      if (Files.exists(copy.file())) {
        ByteBuffer told = copy.read();
        compare(current.resolve(RaftFiles.VOTE), told.getLong(), UTF_8.decode(told).toString());
      }
    }
  }

  private static void compare(Path file, long toldTerm, String toldVote) throws IOException {
    Properties kept = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      kept.load(in);
    } catch (IllegalArgumentException e) {
      throw corrupt(file, "cannot be read: " + e.getMessage());
    }
    long term;
    try {
      term = Long.parseLong(kept.getProperty("term", ""));
    } catch (NumberFormatException _) {
      throw corrupt(file, "has no term");
    }
    String vote = kept.getProperty("votedFor");
    if (vote == null) {
      throw corrupt(file, "has no vote");
    }
    boolean isTaken = term == toldTerm && !toldVote.isEmpty();
    if (term < toldTerm || (isTaken && !vote.equals(toldVote))) {
      throw corrupt(
          file,
          "says term %d and vote '%s', but this node has told term %d and vote '%s'"
              .formatted(term, vote, toldTerm, toldVote));
    }
  }

  private static RuntimeException corrupt(Path file, String what) {
    return ErrorCode.DATA_CORRUPT.exception(
        file + " " + what + ": this node must not go on under its old identity");
  }

  private static SealedFile file(Path current) {
    return new SealedFile(
        current.resolve("vote-copy"), MAGIC, VERSION, "the copy of a Trivet node's vote");
  }
}
