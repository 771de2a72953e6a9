package dev.trivet.mount;

import com.google.protobuf.ByteString;
import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.mount.kernel.Answers;
import dev.trivet.mount.kernel.Request;
import dev.trivet.proto.api.LookupRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.files.Attributes;
import dev.trivet.proto.files.Link;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.RemoveDirectory;
import dev.trivet.proto.files.Rename;
import dev.trivet.proto.files.Unlink;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Requests about names. The kernel lets one of them at a time change a directory. */
final class NameRequests {
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;
  private static final int O_EXCL = 0200;

  private final SessionCalls calls;
  private final OpenFiles files;

  NameRequests(SessionCalls calls, OpenFiles files) {
    this.calls = calls;
    this.files = files;
  }

  void lookup(Request request) {
    Attributes found = find(request.node(), name(request.body()));
    if (found == null) {
      Answers.noEntry(request.reply(), AttributeRequests.CACHE_SECONDS);
    } else {
      putEntry(request.reply(), found);
    }
  }

  /** {@code fuse_mknod_in}. */
  void makeNode(Request request) {
    ByteBuffer body = request.body();
    MakeNode.Builder node = MakeNode.newBuilder().setMode(body.getInt(0)).setDevice(body.getInt(4));
    putEntry(request.reply(), make(request, node, name(body.position(16))));
  }

  /** {@code fuse_mkdir_in}. */
  void makeDirectory(Request request) {
    ByteBuffer body = request.body();
    int mode = FileTypes.DIRECTORY | (body.getInt(0) & FileTypes.PERMISSION_BITS);
    putEntry(
        request.reply(),
        make(request, MakeNode.newBuilder().setMode(mode), name(body.position(8))));
  }

  void makeSymbolicLink(Request request) {
    ByteBuffer body = request.body();
    ByteString name = name(body);
    MakeNode.Builder node =
        MakeNode.newBuilder().setMode(FileTypes.SYMBOLIC_LINK | 0777).setSymlinkTarget(name(body));
    putEntry(request.reply(), make(request, node, name));
  }

  /** {@code fuse_create_in}: makes a file and opens it. */
  void create(Request request) {
    ByteBuffer body = request.body();
    int flags = body.getInt(0);
    int mode = FileTypes.REGULAR | (body.getInt(4) & FileTypes.PERMISSION_BITS);
    ByteString name = name(body.position(16));
    Attributes made;
    try {
      made = make(request, MakeNode.newBuilder().setMode(mode), name);
    } catch (TrivetException e) {
      Attributes there =
          e.code() == ErrorCode.ENTRY_EXISTS && (flags & O_EXCL) == 0
              ? find(request.node(), name)
              : null;
      if (there == null) {
        throw e;
      }
      made = there;
    }
    long then = files.changes().now();
    OpenFile file = files.open(made.getInode());
    if (!files.changes().changedSince(then, made.getInode())) {
      file.adoptIfUnknown(made);
    }
    ByteBuffer reply = request.reply();
    putEntry(reply, made);
    Answers.opened(reply, FileRequests.handle(flags), Answers.FOPEN_KEEP_CACHE);
  }

  /** {@code fuse_link_in}. */
  void link(Request request) {
    ByteBuffer body = request.body();
    Link link =
        Link.newBuilder()
            .setInode(body.getLong(0))
            .setParent(request.node())
            .setName(name(body.position(8)))
            .build();
    Attributes linked = files.mutations().apply(Operation.newBuilder().setLink(link).build());
    OpenFile file = files.find(linked.getInode());
    putEntry(request.reply(), file == null ? linked : files.attributes(file));
  }

  void readLink(Request request) {
    byte[] target = files.attributes(request.node()).getSymlinkTarget().toByteArray();
    request.reply().put(target);
  }

  void unlink(Request request) {
    ByteString name = name(request.body());
    files.remove(
        require(request.node(), name).getInode(),
        isOpen -> {
          Unlink unlink =
              Unlink.newBuilder()
                  .setParent(request.node())
                  .setName(name)
                  .setKeepOpen(isOpen)
                  .build();
          Operation operation = Operation.newBuilder().setUnlink(unlink).build();
          return files.mutations().apply(operation).getLinks() == 0;
        });
    request.reply();
  }

  void removeDirectory(Request request) {
    RemoveDirectory remove =
        RemoveDirectory.newBuilder()
            .setParent(request.node())
            .setName(name(request.body()))
            .build();
    files.mutations().apply(Operation.newBuilder().setRemoveDirectory(remove).build());
    request.reply();
  }

  /** {@code fuse_rename_in}. */
  void rename(Request request) {
    ByteBuffer body = request.body();
    rename(request, body.getLong(0), 0, body.position(8));
  }

  /** {@code fuse_rename2_in}. */
  void renameWithFlags(Request request) {
    ByteBuffer body = request.body();
    int flags = body.getInt(8);
    if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    rename(request, body.getLong(0), flags, body.position(16));
  }

  private void rename(Request request, long newParent, int flags, ByteBuffer names) {
    Rename.Builder rename =
        Rename.newBuilder()
            .setOldParent(request.node())
            .setOldName(name(names))
            .setNewParent(newParent)
            .setNewName(name(names))
            .setFlags(flags);
    Attributes replaced = flags == 0 ? find(newParent, rename.getNewName()) : null;
    if (replaced == null) {
      files.mutations().apply(Operation.newBuilder().setRename(rename).build());
    } else {
      files.remove(replaced.getInode(), isOpen -> replace(rename, replaced.getInode(), isOpen));
    }
    request.reply();
  }

  private boolean replace(Rename.Builder rename, long inode, boolean isOpen) {
    OpenFile file = files.find(inode);
    if (file != null) {
      files.attributes(file); // So that they are known when the name is lost.
    }
    rename.setKeepOpen(isOpen);
    Attributes moved = files.mutations().apply(Operation.newBuilder().setRename(rename).build());
    if (moved.getInode() == inode) {
      return false; // Both names led to the same file: nothing happened.
    }
    files.changes().changed(inode);
    if (file == null) {
      return false;
    }
    file.loseLink();
    return file.isUnlinked();
  }

  private Attributes make(Request request, MakeNode.Builder node, ByteString name) {
    node.setParent(request.node()).setName(name).setUid(request.uid()).setGid(request.gid());
    return files.mutations().apply(Operation.newBuilder().setMakeNode(node).build());
  }

  private Attributes require(long parent, ByteString name) {
    Attributes found = find(parent, name);
    if (found == null) {
      throw ErrorCode.NO_ENTRY.exception();
    }
    return found;
  }

  private @Nullable Attributes find(long parent, ByteString name) {
    long then = files.changes().now();
    LookupRequest lookup =
        LookupRequest.newBuilder()
            .setSessionId(calls.sessionId())
            .setParent(parent)
            .setName(name)
            .build();
    try {
      Attributes said = calls.call(VolumesGrpc.getLookupMethod(), lookup).getAttributes();
      return files.current(then, said);
    } catch (TrivetException e) {
      if (e.code() == ErrorCode.NO_ENTRY) {
        return null;
      }
      throw e;
    }
  }

  private static void putEntry(ByteBuffer reply, Attributes attributes) {
    Answers.entry(reply, FileTypes.stat(attributes), AttributeRequests.CACHE_SECONDS);
  }

  private static ByteString name(ByteBuffer body) {
    return ByteString.copyFrom(Request.takeName(body));
  }
}
