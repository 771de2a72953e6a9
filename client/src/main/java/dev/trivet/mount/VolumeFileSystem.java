package dev.trivet.mount;

import dev.trivet.errors.Errno;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.mount.kernel.Opcode;
import dev.trivet.mount.kernel.Request;
import dev.trivet.mount.kernel.RequestHandler;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume as the kernel sees it: each request goes to the class that knows it, which fills in the
 * answer or throws.
 *
 * <p>An answer leaves only while the session lives, which is looked at last: what was true when it
 * was found may be no more when the session is over.
 */
final class VolumeFileSystem implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeFileSystem.class);

  private final VolumeSession session;
  private final OpenFiles files;
  private final NameRequests names;
  private final AttributeRequests attributes;
  private final FileRequests bytes;
  private final DirectoryRequests directories;

  /**
   * @param clock for the modification times of files that are written
   */
  VolumeFileSystem(VolumeSession session, Clock clock) {
    this.session = session;
    SessionCalls calls = session.calls();
    this.files = new OpenFiles(calls);
    this.names = new NameRequests(calls, files);
    this.attributes = new AttributeRequests(calls, files, session.volume());
    this.bytes = new FileRequests(files, clock);
    this.directories = new DirectoryRequests(calls, files);
  }

  @Override
  public void handle(Request request) {
    int errno;
    try {
      errno = answer(request) ? 0 : Errno.ENOSYS;
    } catch (TrivetException e) {
      LOG.debug("opcode {} on inode {}", request.opcode(), request.node(), e);
      errno = errno(e.code());
    } catch (ErrnoException e) {
      errno = e.errno();
    }
    if (!isClose(request.opcode()) && !session.awaitCertain()) {
      request.sendError(Errno.EIO);
    } else if (errno != 0) {
      request.sendError(errno);
    } else {
      request.send();
    }
  }

  /** Puts the answer into the request's reply; false for what is not supported. */
  private boolean answer(Request request) {
    if (session.isOver() && !isClose(request.opcode())) {
      return false;
    }
    switch (request.opcode()) {
      case Opcode.LOOKUP -> names.lookup(request);
      case Opcode.MKNOD -> names.makeNode(request);
      case Opcode.MKDIR -> names.makeDirectory(request);
      case Opcode.SYMLINK -> names.makeSymbolicLink(request);
      case Opcode.CREATE -> names.create(request);
      case Opcode.LINK -> names.link(request);
      case Opcode.READLINK -> names.readLink(request);
      case Opcode.UNLINK -> names.unlink(request);
      case Opcode.RMDIR -> names.removeDirectory(request);
      case Opcode.RENAME -> names.rename(request);
      case Opcode.RENAME2 -> names.renameWithFlags(request);
      case Opcode.GETATTR -> attributes.get(request);
      case Opcode.SETATTR -> attributes.set(request);
      case Opcode.STATFS -> attributes.space(request);
      case Opcode.OPEN -> bytes.open(request);
      case Opcode.READ -> bytes.read(request);
      case Opcode.WRITE -> bytes.write(request);
      case Opcode.FLUSH -> bytes.flush(request);
      case Opcode.FSYNC -> bytes.sync(request);
      case Opcode.RELEASE -> bytes.release(request);
      case Opcode.OPENDIR -> directories.open(request);
      case Opcode.READDIR -> directories.read(request, false);
      case Opcode.READDIRPLUS -> directories.read(request, true);
      case Opcode.FSYNCDIR -> directories.sync(request);
      case Opcode.RELEASEDIR -> directories.release(request);
      case Opcode.DESTROY -> request.reply();
      // The kernel does without these and remembers: access checks, extended attributes, holes,
      // copying in place.
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean isClose(int opcode) {
    return opcode == Opcode.RELEASE || opcode == Opcode.RELEASEDIR || opcode == Opcode.DESTROY;
  }

  /**
   * What a program sees. ENOSYS is kept away from the kernel, which would never ask again; that the
   * cluster is not there shows as EIO, as with a disk.
   */
  static int errno(ErrorCode code) {
    return switch (code.errno()) {
      case Errno.ENOSYS -> Errno.EOPNOTSUPP;
      case Errno.EAGAIN, Errno.ETIMEDOUT, Errno.EHOSTUNREACH -> Errno.EIO;
      default -> code.errno();
    };
  }

  /**
   * Stores all that was written.
   *
   * @throws TrivetException what kept a file from being stored
   */
  void writeBackAll() {
    files.writeBackAll();
  }
}
