package dev.trivet.replicate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import dev.trivet.store.Folders;
import dev.trivet.store.SealedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code vote-copy} beside Ratis's file of term and vote, which has no checksum: with one
 * wrong bit in that, a node would vote a second time in a term, for somebody else.
 *
 * <p>Invariant: it is written after Ratis's file and before anybody is told, so it has every vote
 * that was told. A term in Ratis's file that is higher than the copy's, or a vote in a term where
 * the copy has none, may therefore be right, and does no harm if it is not. When that file cannot
 * be read, as Ratis leaves it behind if the disk fails while it is written, the copy takes its
 * place: Ratis itself would begin at term 0, without a vote.
 */
final class VoteCopy {
  private static final long MAGIC = 0x5452_4956_564f_5445L;
  private static final int VERSION = 1;
  private static final Logger LOG = LoggerFactory.getLogger(VoteCopy.class);

  // Ratis's names in its file.
  private static final String TERM = "term";
  private static final String VOTE = "votedFor";

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
        ByteBuffer content = copy.read();
        Kept told = new Kept(content.getLong(), UTF_8.decode(content).toString());
        Path file = current.resolve(RaftFiles.VOTE);
        Kept kept = read(file);
        if (kept == null) {
          LOG.warn("{} cannot be read: its copy, term {}, takes its place", file, told.term);
          restore(file, told);
        } else if (kept.takesBack(told)) {
          throw ErrorCode.DATA_CORRUPT.exception(
              "%s says %s, but this node has told %s: it must not go on under its old identity"
                  .formatted(file, kept, told));
        }
      }
    }
  }

  private record Kept(long term, String vote) {
    boolean takesBack(Kept told) {
      boolean isTaken = term == told.term && !told.vote.isEmpty();
      return term < told.term || (isTaken && !vote.equals(told.vote));
    }

    @Override
    public String toString() {
      return "term %d and vote '%s'".formatted(term, vote);
    }
  }

  /** What Ratis's file says; null when there is no term or no vote in it. */
  private static @Nullable Kept read(Path file) throws IOException {
    Properties kept = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      kept.load(in);
      String vote = kept.getProperty(VOTE);
      return vote == null ? null : new Kept(Long.parseLong(kept.getProperty(TERM, "")), vote);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** Writes the file as Ratis does. */
  private static void restore(Path file, Kept told) throws IOException {
    Properties content = new Properties();
    content.setProperty(TERM, Long.toString(told.term));
    content.setProperty(VOTE, told.vote);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.store(bytes, null);
    Path draft = file.resolveSibling(RaftFiles.VOTE + ".new");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes.toByteArray());
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Folders.sync(file.toAbsolutePath().resolveSibling("."));
  }

  private static SealedFile file(Path current) {
    return new SealedFile(
        current.resolve("vote-copy"), MAGIC, VERSION, "the copy of a Trivet node's vote");
  }
}
