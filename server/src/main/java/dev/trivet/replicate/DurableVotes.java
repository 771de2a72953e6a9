package dev.trivet.replicate;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Brings the term and the vote to disk before they are told. Ratis writes its file anew, syncs it
 * and renames it into place, but a rename alone is forgotten at a power cut, and a node that forgot
 * its vote can vote a second time in one term: so what is told is in {@link VoteCopy} as well, with
 * a checksum, and in place.
 *
 * <p>Invariant: no answer and no question that tells a term or a vote leaves the node before {@link
 * #sync} has returned after it was written.
 */
final class DurableVotes {
  private final FolderSync folders;
  private final VoteCopy.Sync disk;
  private final Consumer<Throwable> onFailure;
  private @Nullable Opened opened;

  private record Opened(RaftStorage storage, VoteCopy copy) {}

  private @Nullable RaftStorageMetadata synced;

  /**
   * @param onFailure told when a vote cannot be brought to disk
   */
  DurableVotes(FolderSync folders, VoteCopy.Sync disk, Consumer<Throwable> onFailure) {
    this.folders = folders;
    this.disk = disk;
    this.onFailure = onFailure;
  }

  /** Before the first vote: brings the folders themselves to disk, which may be new. */
  synchronized void open(RaftStorage storage) throws IOException {
    Path group = storage.getStorageDir().getRoot().toPath().toAbsolutePath();
    Path current = storage.getStorageDir().getCurrentDir().toPath();
    RaftStorageMetadata now = storage.getMetadataFile().getMetadata();
    VoteCopy copy = VoteCopy.open(current, now, disk);
    folders.sync(group.resolve("../..").normalize());
    folders.sync(group.resolve("..").normalize());
    folders.sync(group);
    folders.sync(current);
    opened = new Opened(storage, copy);
    synced = now;
  }

  /** Returns once the term and vote last written are on disk, name included. */
  void sync() throws IOException {
    try {
      syncOrThrow();
    } catch (ClosedByInterruptException e) {
      // Ratis interrupts who asks for votes once an election is decided. The disk has not failed,
      // and nothing is told: who comes next brings it to disk.
      throw e;
    } catch (IOException e) {
      onFailure.accept(e);
      throw e;
    }
  }

  private synchronized void syncOrThrow() throws IOException {
    Opened known = opened;
    if (known == null) {
      return;
    }
    RaftStorageMetadata written = known.storage.getMetadataFile().getMetadata();
    if (written.equals(synced)) {
      return;
    }
    known.copy.write(written);
    synced = written;
  }
}
