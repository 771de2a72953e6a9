package dev.trivet.plugin;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One volume's mount on this server from the wish for it to its end. Guarded by the lock of its
 * {@link LiveMounts}.
 *
 * <p>Invariant: users is empty unless the mount is open; once {@code closing} is set no user comes.
 */
final class LiveMount {
  final String volume;
  final Path directory;

  /** Fails if the volume could not be mounted. */
  final CompletableFuture<OpenMount> opening = new CompletableFuture<>();

  /** Mount ids of the engine. */
  final Set<String> users = new HashSet<>();

  /** Null while nobody ends this mount; done when the directory is free. */
  @Nullable CompletableFuture<Void> closing;

  LiveMount(String volume, Path directory) {
    this.volume = volume;
    this.directory = directory;
  }

  boolean isOpen() {
    return opening.isDone() && !opening.isCompletedExceptionally();
  }

  /** In words, for people. */
  String state() {
    if (closing != null) {
      return "being unmounted";
    }
    if (!isOpen()) {
      return "being mounted";
    }
    return opening.join().isAlive()
        ? "mounted"
        : "dead: its session is over and this server was fenced off; the next mount makes it anew";
  }
}
