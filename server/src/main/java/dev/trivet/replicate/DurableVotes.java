package dev.trivet.replicate;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Brings the folder entry of Ratis's file of term and vote to disk. Ratis writes the file anew,
 * syncs it and renames it into place, but a rename alone is forgotten at a power cut, and a node
 * that forgot its vote can vote a second time in one term.
 *
 * <p>Invariant: no answer and no question that tells a term or a vote leaves the node before {@link
 * #sync} has returned after it was written.
 *
 * <p>What was told is kept once more, with a checksum, by {@link VoteCopy}.
 */
final class DurableVotes {
  private final FolderSync folders;
  private final Consumer<Throwable> onFailure;
  private @Nullable RaftStorage storage;
  private @Nullable RaftStorageMetadata synced;

  DurableVotes(FolderSync folders, Consumer<Throwable> onFailure) {
    this.folders = folders;
    this.onFailure = onFailure;
  }

  /** Before the first vote: brings the folders themselves to disk, which may be new. */
  synchronized void open(RaftStorage opened) throws IOException {
    storage = opened;
    Path group = opened.getStorageDir().getRoot().toPath().toAbsolutePath();
    folders.sync(group.resolve("../..").normalize());
    folders.sync(group.resolve("..").normalize());
    folders.sync(group);
    folders.sync(opened.getStorageDir().getCurrentDir().toPath());
    synced = opened.getMetadataFile().getMetadata();
    VoteCopy.write(opened.getStorageDir().getCurrentDir().toPath(), synced);
  }

  /** Returns once the term and vote last written are on disk, name included. */
  void sync() throws IOException {
    try {
      syncOrThrow();
    } catch (ClosedByInterruptException e) {
      // Ratis interrupts who asks for votes once an election is decided. The disk has not failed,
      // and
      // nothing is told: who comes next brings it to disk.
      throw e;
    } catch (IOException e) {
      onFailure.accept(e);
      throw e;
    }
  }

  private synchronized void syncOrThrow() throws IOException {
    RaftStorage known = storage;
    if (known == null) {
      return;
    }
    RaftStorageMetadata written = known.getMetadataFile().getMetadata();
    if (written.equals(synced)) {
      return;
    }
    Path current = known.getStorageDir().getCurrentDir().toPath();
    folders.sync(current);
    VoteCopy.write(current, written);
    synced = written;
  }
}
