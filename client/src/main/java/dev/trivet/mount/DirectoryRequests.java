package dev.trivet.mount;

import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.mount.kernel.Answers;
import dev.trivet.mount.kernel.Request;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.DirectoryEntry;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Requests that read directories. */
final class DirectoryRequests {
  private static final byte[] SELF = {'.'};
  private static final byte[] PARENT = {'.', '.'};
  private static final int FIRST_NAME = 2;

  private final SessionCalls calls;
  private final OpenFiles files;
  private final AtomicLong handles = new AtomicLong();

  /** Bounded by the system's limit of open files. */
  private final Map<Long, DirectoryStream> streams = new ConcurrentHashMap<>();

  DirectoryRequests(SessionCalls calls, OpenFiles files) {
    this.calls = calls;
    this.files = files;
  }

  void open(Request request) {
    long handle = handles.incrementAndGet();
    streams.put(handle, new DirectoryStream(calls, request.node()));
    Answers.opened(request.reply(), handle, 0);
  }

  void release(Request request) {
    streams.remove(request.body().getLong(0));
    request.reply();
  }

  /** Every change of a directory is durable when its call returns; files are written back. */
  void sync(Request request) {
    if (request.node() == 1) {
      files.writeBackAll();
    }
    request.reply();
  }

  /** {@code fuse_read_in}: names from a place on, as many as fit. */
  void read(Request request, boolean withEntries) {
    ByteBuffer body = request.body();
    DirectoryStream stream = streams.get(body.getLong(0));
    if (stream == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    long place = body.getLong(8);
    ByteBuffer reply = request.reply();
    int limit = Math.min(body.getInt(16), reply.capacity());
    try {
      synchronized (stream) {
        if (place == 0) {
          stream.rewind();
        }
        while (put(reply, limit, stream, request.node(), place, withEntries)) {
          place++;
        }
      }
    } catch (TrivetException e) {
      // A directory that was removed while it is open is empty.
      if (e.code() != ErrorCode.NO_ENTRY) {
        throw e;
      }
      reply.clear();
    }
  }

  private boolean put(
      ByteBuffer reply,
      int limit,
      DirectoryStream stream,
      long directory,
      long place,
      boolean withEntries) {
    Changes changes = files.changes();
    if (place < FIRST_NAME) {
      long inode = place == 0 ? directory : stream.parent(changes);
      byte[] name = place == 0 ? SELF : PARENT;
      return put(reply, limit, inode, FileTypes.DIRECTORY, name, place + 1, null, withEntries);
    }
    DirectoryEntry entry = stream.entry(place - FIRST_NAME, changes);
    if (entry == null) {
      return false;
    }
    Attributes said = entry.getAttributes();
    OpenFile file = files.find(said.getInode());
    // Null: the kernel asks for the attributes when it needs them.
    Attributes shown =
        file != null
            ? file.attributes()
            : changes.changedSince(stream.readAt(), said.getInode()) ? null : said;
    return put(
        reply,
        limit,
        said.getInode(),
        said.getMode(),
        entry.getName().toByteArray(),
        place + 1,
        shown,
        withEntries);
  }

  private static boolean put(
      ByteBuffer reply,
      int limit,
      long inode,
      int mode,
      byte[] name,
      long next,
      @Nullable Attributes shown,
      boolean withEntry) {
    if (reply.position() + Answers.nameBytes(name.length, withEntry) > limit) {
      return false;
    }
    if (withEntry) {
      if (shown == null) {
        Answers.noEntry(reply, 0);
      } else {
        Answers.entry(reply, FileTypes.stat(shown), AttributeRequests.CACHE_SECONDS);
      }
    }
    Answers.name(reply, inode, mode, name, next);
    return true;
  }
}
