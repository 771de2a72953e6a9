package dev.trivet.mount.kernel;

import dev.trivet.errors.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A file system of one file that can be read, and of one whose reading waits for a signal. */
final class OneFile implements RequestHandler {
  static final String NAME = "hello";
  static final String SLOW_NAME = "slow";
  static final byte[] CONTENT = "x".repeat(600_000).getBytes(StandardCharsets.US_ASCII);

  private static final long ROOT = 1;
  private static final long FILE = 2;
  private static final long SLOW_FILE = 3;
  private static final int CACHE_SECONDS = 1;

  final CountDownLatch slowReadBegan = new CountDownLatch(1);
  final CountDownLatch slowReadMayEnd = new CountDownLatch(1);

  @Override
  public void handle(Request request) {
    ByteBuffer reply = request.reply();
    switch (request.opcode()) {
      case Opcode.LOOKUP -> lookUp(request, reply);
      case Opcode.GETATTR -> Answers.attributes(reply, stat(request.node()), CACHE_SECONDS);
      case Opcode.OPEN, Opcode.OPENDIR -> Answers.opened(reply, 7, 0);
      case Opcode.READ -> read(request, reply);
      case Opcode.READDIR, Opcode.READDIRPLUS -> list(request, reply);
      case Opcode.RELEASE, Opcode.RELEASEDIR, Opcode.FLUSH, Opcode.DESTROY -> {}
      case Opcode.UNLINK -> throw new IllegalStateException("a bug in the handler");
      default -> {
        request.sendError(Errno.ENOSYS);
        return;
      }
    }
    if (!request.isAnswered()) {
      request.send();
    }
  }

  private static void lookUp(Request request, ByteBuffer reply) {
    switch (new String(Request.takeName(request.body()), StandardCharsets.UTF_8)) {
      case NAME -> Answers.entry(reply, stat(FILE), CACHE_SECONDS);
      case SLOW_NAME -> Answers.entry(reply, stat(SLOW_FILE), CACHE_SECONDS);
      default -> request.sendError(Errno.ENOENT);
    }
  }

  private void read(Request request, ByteBuffer reply) {
    if (request.node() == SLOW_FILE) {
      slowReadBegan.countDown();
      try {
        slowReadMayEnd.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    int from = (int) Math.min(CONTENT.length, request.body().getLong(8));
    reply.put(CONTENT, from, Math.min(CONTENT.length - from, request.body().getInt(16)));
  }

  private static void list(Request request, ByteBuffer reply) {
    if (request.body().getLong(8) == 0) {
      if (request.opcode() == Opcode.READDIRPLUS) {
        Answers.entry(reply, stat(FILE), CACHE_SECONDS);
      }
      Answers.name(reply, FILE, 0100644, NAME.getBytes(StandardCharsets.UTF_8), 1);
    }
  }

  private static Stat stat(long inode) {
    return inode == ROOT
        ? new Stat(ROOT, 0, 0, 0, 0, 0, 040755, 2, 0, 0, 0)
        : new Stat(inode, CONTENT.length, 8, 0, 1_500_000_000L, 0, 0100644, 1, 0, 0, 0);
  }
}
