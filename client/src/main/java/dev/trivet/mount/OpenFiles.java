package dev.trivet.mount;

import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.GetAttributesRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.Release;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inodes that are open, and how the last name of one may go.
 *
 * <p>A file is known here from its first open until its last close has been written back. While a
 * name is being removed, an open of its inode waits, so that either the removal knows of the open
 * file or the open knows that the file is gone. The kernel may also have looked an inode up before
 * the removal and open it after: an inode that has lost a name is asked for when it is opened.
 */
final class OpenFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

  /** The kernel opens what it has looked up within moments. */
  private static final int LESSENED_LIMIT = 16_384;

  /** How much may be written and not stored, in all. */
  private static final long WRITE_LIMIT_BYTES = 32 << 20;

  private final SessionCalls calls;
  private final Mutations mutations;
  private final StoredFiles store;
  private final Changes changes = new Changes();
  private final WriteBudget budget = new WriteBudget(WRITE_LIMIT_BYTES);

  /** Guarded by this, as is {@link #removing}. Bounded by the system's limit of open files. */
  private final Map<Long, Entry> open = new HashMap<>();

  private final Set<Long> removing = new HashSet<>();

  /** Inodes that lost a name lately, the oldest first; guarded by this. */
  private final Set<Long> lessened = new LinkedHashSet<>();

  private static final class Entry {
    private final OpenFile file;
    private long users;

    private Entry(OpenFile file) {
      this.file = file;
    }
  }

  OpenFiles(SessionCalls calls) {
    this.calls = calls;
    this.mutations = new Mutations(calls, this::changed);
    this.store = new StoredFiles(calls, mutations);
  }

  Mutations mutations() {
    return mutations;
  }

  StoredFiles store() {
    return store;
  }

  Changes changes() {
    return changes;
  }

  private void changed(Attributes attributes) {
    changes.changed(attributes.getInode());
    OpenFile file = find(attributes.getInode());
    if (file != null) {
      file.adopt(attributes);
    }
  }

  synchronized @Nullable OpenFile find(long inode) {
    Entry entry = open.get(inode);
    return entry == null ? null : entry.file;
  }

  /** A file that must be open. */
  OpenFile require(long inode) {
    OpenFile file = find(inode);
    if (file == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    return file;
  }

  /**
   * One more handle of an inode; each needs a {@link #close}.
   *
   * @throws ErrnoException ESTALE if its last name was just removed: the kernel looks again
   */
  OpenFile open(long inode) {
    OpenFile file;
    boolean mayBeGone;
    synchronized (this) {
      file = register(inode);
      mayBeGone = lessened.contains(inode);
    }
    if (mayBeGone) {
      // It is registered already: a removal from now on keeps it.
      requireThere(inode);
    }
    return file;
  }

  private OpenFile register(long inode) {
    boolean hasWaited = false;
    while (removing.contains(inode)) {
      hasWaited = true;
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ErrnoException(Errno.EINTR);
      }
    }
    if (hasWaited && !open.containsKey(inode)) {
      throw new ErrnoException(Errno.ESTALE);
    }
    Entry entry = open.computeIfAbsent(inode, n -> new Entry(new OpenFile(n, store, budget)));
    entry.users++;
    return entry.file;
  }

  private void requireThere(long inode) {
    try {
      var _ = fetch(inode);
    } catch (TrivetException e) {
      close(inode);
      throw e.code() == ErrorCode.NO_ENTRY ? new ErrnoException(Errno.ESTALE) : e;
    }
  }

  /** One handle less. After the last one, what is not stored is, and an unlinked file goes away. */
  void close(long inode) {
    Entry entry;
    synchronized (this) {
      entry = open.get(inode);
      if (entry == null) {
        return;
      }
      entry.users--;
      if (entry.users > 0) {
        return;
      }
    }
    OpenFile file = entry.file;
    if (file.isUnlinked()) {
      file.discard();
    }
    try {
      file.writeBack();
    } catch (TrivetException e) {
      LOG.error("{} bytes or more of inode {} are lost", file.discard(), inode, e);
    }
    synchronized (this) {
      if (entry.users > 0 || !file.isClean() || open.get(inode) != entry) {
        return;
      }
      open.remove(inode);
    }
    if (file.isUnlinked()) {
      release(inode);
    }
  }

  private void release(long inode) {
    try {
      mutations.apply(
          Operation.newBuilder().setRelease(Release.newBuilder().setInode(inode)).build());
    } catch (TrivetException e) {
      if (e.code() != ErrorCode.NO_ENTRY) {
        LOG.warn("inode {} goes away when the session ends", inode, e);
      }
    }
  }

  /** Removes a name, told whether the inode is open; returns whether the last name went. */
  interface Removal {
    boolean run(boolean isOpen);
  }

  /** Removes a name of an inode while no handle can be made for it. */
  void remove(long inode, Removal removal) {
    boolean isOpen;
    synchronized (this) {
      removing.add(inode);
      isOpen = open.containsKey(inode);
    }
    try {
      boolean isGone = removal.run(isOpen);
      // The last close may have come too early to know that it was the end of the file.
      if (isOpen && isGone && find(inode) == null) {
        release(inode);
      }
    } finally {
      synchronized (this) {
        // Whatever came of it: to ask once more is never wrong.
        lessened.add(inode);
        if (lessened.size() > LESSENED_LIMIT) {
          lessened.remove(lessened.iterator().next());
        }
        removing.remove(inode);
        notifyAll();
      }
    }
  }

  /** The attributes of an open file, with what is not stored yet. */
  Attributes attributes(OpenFile file) {
    Attributes known = file.attributes();
    while (known == null) {
      file.adoptIfUnknown(fetch(file.inode()));
      known = file.attributes();
    }
    return known;
  }

  /** The attributes of any inode, with what is not stored yet. */
  Attributes attributes(long inode) {
    OpenFile file = find(inode);
    return file == null ? current(inode, () -> fetch(inode)) : attributes(file);
  }

  /**
   * What the cluster said of an inode, made current: with what is not stored yet, and asked again
   * if it changed since.
   *
   * @param then {@link Changes#now} from before the question
   */
  Attributes current(long then, Attributes said) {
    long inode = said.getInode();
    OpenFile file = find(inode);
    if (file != null) {
      if (!changes.changedSince(then, inode)) {
        file.adoptIfUnknown(said);
      }
      return attributes(file);
    }
    return changes.changedSince(then, inode) ? current(inode, () -> fetch(inode)) : said;
  }

  private Attributes current(long inode, Supplier<Attributes> question) {
    long then = changes.now();
    Attributes said = question.get();
    OpenFile file = find(inode);
    if (file == null && changes.changedSince(then, inode)) {
      return current(inode, question);
    }
    Attributes known = file == null ? said : file.attributes();
    return known == null ? said : known;
  }

  private Attributes fetch(long inode) {
    GetAttributesRequest request =
        GetAttributesRequest.newBuilder().setSessionId(calls.sessionId()).setInode(inode).build();
    return calls.call(VolumesGrpc.getGetAttributesMethod(), request).getAttributes();
  }

  /** Waits until there is room for more bytes. */
  void awaitRoom() {
    while (budget.isUsedUp()) {
      OpenFile largest;
      synchronized (this) {
        largest =
            open.values().stream()
                .map(entry -> entry.file)
                .max(Comparator.comparingLong(OpenFile::heldBytes))
                .orElseThrow();
      }
      largest.writeBack();
    }
  }

  /**
   * Stores all that was written.
   *
   * @throws TrivetException the first refusal, after all were tried
   */
  void writeBackAll() {
    List<OpenFile> files;
    synchronized (this) {
      files = open.values().stream().map(entry -> entry.file).toList();
    }
    TrivetException first = null;
    for (OpenFile file : files) {
      try {
        if (!file.isUnlinked()) {
          file.writeBack();
        }
      } catch (TrivetException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
