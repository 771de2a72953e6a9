package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.store.Folders;
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
 * The file {@code votes} beside Ratis's file of term and vote, and what is told is what is in it.
 * Ratis's has no checksum: with one wrong bit in that, a node would vote a second time in a term,
 * for somebody else. And it is renamed into place: at a power cut the old one may come back.
 *
 * <p>It has two {@link VoteSlot slots}, written in turn and in place, so that a vote costs one
 * write of the disk and none of its file system's journal.
 *
 * <p>Invariants: a slot is on disk before anybody is told, so the newest one has every vote that
 * was told. The last one that is on disk is not written over before its successor is. A term in
 * Ratis's file that is higher than the slot's, or a vote in a term where the slot has none, may
 * therefore be right, and does no harm if it is not. An older one, or none that can be read, is
 * what a power cut or a failed write leaves: the slot takes its place.
 *
 * <p>Used by one thread at a time.
 */
final class VoteCopy {
  static final String NAME = "votes";

  private static final Logger LOG = LoggerFactory.getLogger(VoteCopy.class);

  // Ratis's names in its file.
  private static final String TERM = "term";
  private static final String VOTE = "votedFor";

  /** Brings what was written to disk. Tests watch and fail it. */
  interface Sync {
    void force(FileChannel written) throws IOException;
  }

  private final Path file;
  private final Sync disk;

  /** Of the slot that is on disk. */
  private long number;

  private VoteCopy(Path file, Sync disk, long number) {
    this.file = file;
    this.disk = disk;
    this.number = number;
  }

  /**
   * Takes up the file in Ratis's folder {@code current}, or begins it; its name is on disk once the
   * folder is synced.
   *
   * @param now what Ratis's own file has
   */
  static VoteCopy open(Path current, RaftStorageMetadata now, Sync disk) throws IOException {
    Path file = current.resolve(NAME);
    if (Files.exists(file)) {
      // A process that was killed may have left its last one behind in memory alone.
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        disk.force(channel);
      }
    } else {
      VoteSlot.begin(file, new VoteSlot(0, now.getTerm(), now.getVotedFor().toString()));
    }
    VoteCopy copy = new VoteCopy(file, disk, VoteSlot.newest(file).number());
    copy.write(now);
    return copy;
  }

  /** Returns when the vote is on disk. */
  void write(RaftStorageMetadata told) throws IOException {
    VoteSlot next = new VoteSlot(number + 1, told.getTerm(), told.getVotedFor().toString());
    // Opened each time: who asks for votes is interrupted, which closes the channel.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      next.writeTo(channel);
      disk.force(channel);
    }
    number = next.number();
  }

  /**
   * Compares both before Ratis reads its own.
   *
   * @throws dev.trivet.errors.TrivetException DATA_CORRUPT when the node may have told another vote
   */
  static void check(Path dataFolder) throws IOException {
    for (Path current : RaftFiles.logs(dataFolder)) {
      Path copy = current.resolve(NAME);
      if (Files.exists(copy)) {
        VoteSlot told = VoteSlot.newest(copy);
        Path file = current.resolve(RaftFiles.VOTE);
        Kept kept = read(file);
        if (kept == null || kept.isOlderThan(told)) {
          String why = kept == null ? "cannot be read" : "is older, with " + kept;
          LOG.warn("{} {}: its copy, {}, takes its place", file, why, told);
          restore(file, told);
        } else if (kept.isAnotherThan(told)) {
          throw ErrorCode.DATA_CORRUPT.exception(
              "%s has %s, but this node has told %s: it must not go on under its old identity"
                  .formatted(file, kept, told));
        }
      }
    }
  }

  private record Kept(long term, String vote) {
    boolean isOlderThan(VoteSlot told) {
      return term < told.term() || (term == told.term() && vote.isEmpty() && told.isVote());
    }

    /** Within one term a vote is given once. */
    boolean isAnotherThan(VoteSlot told) {
      return term == told.term() && told.isVote() && !vote.equals(told.vote());
    }

    @Override
    public String toString() {
      return "term %d and vote '%s'".formatted(term, vote);
    }
  }

  /** What Ratis's file says; null when there is no term or no vote in it. */
  private static @Nullable Kept read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
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
  private static void restore(Path file, VoteSlot told) throws IOException {
    Properties content = new Properties();
    content.setProperty(TERM, Long.toString(told.term()));
    content.setProperty(VOTE, told.vote());
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
}
