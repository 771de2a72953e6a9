package dev.trivet.plugin;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of this server, at most one per volume, and the mount ids that use each.
 *
 * <p>The engine may give up waiting for a mount that is late. It then never unmounts it, and while
 * it stays no other server can have the volume. So a mount that nobody claimed within a grace after
 * it was made is ended again.
 *
 * <p>Mounting and unmounting run on virtual threads of their own, outside the lock, and go on when
 * the call that began them was answered.
 */
final class LiveMounts {
  private static final Logger LOG = LoggerFactory.getLogger(LiveMounts.class);

  private final MountOpener opener;
  private final Path root;
  private final Duration grace;
  private final Executor work = task -> Thread.ofVirtual().name("trivet-mount").start(task);
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, LiveMount> byVolume = new HashMap<>();

  /**
   * @param root each volume is mounted on the directory of its name in here
   * @param grace how long a mount that nobody claimed is kept
   */
  LiveMounts(MountOpener opener, Path root, Duration grace) {
    this.opener = opener;
    this.root = root;
    this.grace = grace;
  }

  /** Makes the mount, or finds it, and counts the id as its user. */
  Path mount(String volume, String id, CallDeadline deadline) {
    while (true) {
      LiveMount mount;
      CompletableFuture<Void> closing;
      lock.lock();
      try {
        mount = byVolume.computeIfAbsent(volume, this::begin);
        if (mount.closing == null && mount.isOpen()) {
          if (mount.opening.join().isAlive()) {
            mount.users.add(id);
            return mount.directory;
          }
          LOG.warn("the mount of volume {} is dead: it is made anew", volume);
          var _ = beginClosing(mount);
        }
        closing = mount.closing;
      } finally {
        lock.unlock();
      }
      if (closing != null) {
        deadline.await(closing, "unmounting the last mount of volume " + volume);
      } else {
        deadline.await(mount.opening, "mounting volume " + volume);
      }
    }
  }

  /** Ends the mount if the id was its last user; an unknown id is no error. */
  void unmount(String volume, String id, CallDeadline deadline) {
    CompletableFuture<Void> closing;
    lock.lock();
    try {
      LiveMount mount = byVolume.get(volume);
      if (mount == null || !mount.users.remove(id) || !mount.users.isEmpty()) {
        return;
      }
      closing = beginClosing(mount);
    } finally {
      lock.unlock();
    }
    deadline.await(closing, "unmounting volume " + volume);
  }

  /**
   * Ends a mount that has no user.
   *
   * @throws dev.trivet.errors.TrivetException VOLUME_IN_USE if it has one
   */
  void release(String volume, CallDeadline deadline) {
    CompletableFuture<Void> closing;
    lock.lock();
    try {
      LiveMount mount = byVolume.get(volume);
      if (mount == null || !mount.isOpen()) {
        return;
      }
      if (!mount.users.isEmpty()) {
        throw ErrorCode.VOLUME_IN_USE.exception(
            "volume " + volume + " has " + mount.users.size() + " users on this server");
      }
      closing = beginClosing(mount);
    } finally {
      lock.unlock();
    }
    deadline.await(closing, "unmounting volume " + volume);
  }

  /** Where a volume is mounted, or empty. */
  String directoryOf(String volume) {
    lock.lock();
    try {
      LiveMount mount = byVolume.get(volume);
      return mount != null && mount.closing == null && mount.isOpen()
          ? mount.directory.toString()
          : "";
    } finally {
      lock.unlock();
    }
  }

  /** What the volume's mount does here, in words; null if there is none. */
  @Nullable String stateOf(String volume) {
    lock.lock();
    try {
      LiveMount mount = byVolume.get(volume);
      return mount == null ? null : mount.state();
    } finally {
      lock.unlock();
    }
  }

  /** How many ids use the volume here. */
  int usersOf(String volume) {
    lock.lock();
    try {
      LiveMount mount = byVolume.get(volume);
      return mount == null ? 0 : mount.users.size();
    } finally {
      lock.unlock();
    }
  }

  /** Ends every mount that is open; waits at most so long. */
  void closeAll(Duration limit) {
    List<CompletableFuture<Void>> all;
    lock.lock();
    try {
      all = byVolume.values().stream().filter(LiveMount::isOpen).map(this::beginClosing).toList();
    } finally {
      lock.unlock();
    }
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("not every volume was unmounted within {} ms", limit.toMillis(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called under the lock. */
  private LiveMount begin(String volume) {
    LiveMount mount = new LiveMount(volume, root.resolve(volume));
    work.execute(() -> open(mount));
    return mount;
  }

  private void open(LiveMount mount) {
    try {
      OpenMount opened = opener.open(mount.volume, mount.directory);
      mount.opening.complete(opened);
      LOG.info("mounted volume {} at {}", mount.volume, mount.directory);
      CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS, work)
          .execute(() -> closeIfUnclaimed(mount));
    } catch (IOException | RuntimeException e) {
      // Whoever waits gets the error; the next call tries again.
      lock.lock();
      try {
        byVolume.remove(mount.volume, mount);
      } finally {
        lock.unlock();
      }
      mount.opening.completeExceptionally(e);
    }
  }

  private void closeIfUnclaimed(LiveMount mount) {
    lock.lock();
    try {
      if (mount.users.isEmpty() && mount.closing == null) {
        LOG.info("nobody claimed volume {}: it is unmounted", mount.volume);
        var _ = beginClosing(mount);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called under the lock, for an open mount. */
  private CompletableFuture<Void> beginClosing(LiveMount mount) {
    CompletableFuture<Void> closing = mount.closing;
    if (closing == null) {
      closing = CompletableFuture.runAsync(() -> close(mount), work);
      mount.closing = closing;
      mount.users.clear();
    }
    return closing;
  }

  private void close(LiveMount mount) {
    try {
      mount.opening.join().close();
      LOG.info("unmounted volume {}", mount.volume);
    } finally {
      lock.lock();
      try {
        byVolume.remove(mount.volume, mount);
      } finally {
        lock.unlock();
      }
    }
  }
}
