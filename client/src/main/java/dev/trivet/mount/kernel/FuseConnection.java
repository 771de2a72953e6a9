package dev.trivet.mount.kernel;

import dev.trivet.errors.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mount of the kernel and the threads that serve it.
 *
 * <p>Each reader thread has its own clone of the device: an answer must go to the descriptor that
 * its request came from. {@code requests in use <= MAX_REQUESTS}; when all are, readers wait and
 * with them the kernel's queue, which is bounded too.
 */
public final class FuseConnection implements AutoCloseable {
  /** The most bytes in one read or write. */
  public static final int MAX_TRANSFER_BYTES = 256 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(FuseConnection.class);
  private static final int READERS = 3;
  private static final int MAX_REQUESTS = 24;
  private static final int PAGE_BYTES = 4096;
  private static final int BUFFER_BYTES = MAX_TRANSFER_BYTES + 2 * PAGE_BYTES;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;
  private static final long MS_NOSUID = 2;
  private static final long MS_NODEV = 4;

  private final Path directory;
  private final RequestHandler handler;
  private final Arena arena;
  private final BlockingQueue<Request> free = new ArrayBlockingQueue<>(MAX_REQUESTS);
  private final List<Integer> descriptors;
  private final List<Thread> readers = new ArrayList<>();
  private final ExecutorService workers;
  private final CountDownLatch ended = new CountDownLatch(1);

  private FuseConnection(
      Path directory, RequestHandler handler, Arena arena, List<Integer> descriptors) {
    this.directory = directory;
    this.handler = handler;
    this.arena = arena;
    this.descriptors = descriptors;
    for (int i = 0; i < MAX_REQUESTS; i++) {
      free.add(new Request(arena, BUFFER_BYTES));
    }
    workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fuse-request-", 0).factory());
  }

  /**
   * Mounts and begins to serve. Needs root. Permissions are checked by the kernel ({@code
   * default_permissions}); devices and setuid programs on the mount are inert.
   *
   * @param source what {@code mount} and {@code df} show as the device
   * @throws IOException with the errno when the kernel refuses
   */
  public static FuseConnection mount(Path directory, String source, RequestHandler handler)
      throws IOException {
    // Freed when the connection is garbage: a closed arena could pull memory away below a reader.
    Arena arena = Arena.ofAuto();
    List<Integer> descriptors = new ArrayList<>();
    MemorySegment state = arena.allocate(Libc.CALL_STATE);
    boolean isMounted = false;
    try {
      int device = openDevice(state, arena);
      descriptors.add(device);
      String options =
          "fd="
              + device
              + ",rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions,max_read="
              + MAX_TRANSFER_BYTES;
      require(
          Libc.mount(
              state,
              arena.allocateFrom(source),
              arena.allocateFrom(directory.toString()),
              arena.allocateFrom(Mounts.TYPE),
              MS_NOSUID | MS_NODEV,
              arena.allocateFrom(options)),
          "mount at " + directory);
      isMounted = true;
      FuseConnection connection = new FuseConnection(directory, handler, arena, descriptors);
      connection.negotiate();
      for (int i = 1; i < READERS; i++) {
        int clone = openDevice(state, arena);
        descriptors.add(clone);
        require(
            Libc.ioctl(
                state, clone, FUSE_DEV_IOC_CLONE, arena.allocateFrom(ValueLayout.JAVA_INT, device)),
            "clone /dev/fuse");
      }
      connection.start();
      return connection;
    } catch (IOException e) {
      if (isMounted) {
        Mounts.detach(directory);
      }
      descriptors.forEach(descriptor -> Libc.close(state, descriptor));
      throw e;
    }
  }

  public Path directory() {
    return directory;
  }

  /** Waits until the mount is gone, whoever unmounted it, and every request is answered. */
  public void awaitUnmounted() throws InterruptedException {
    ended.await();
  }

  /**
   * Unmounts. If the mount is in use, its users get errors from now on and it leaves the tree. Does
   * nothing if it is already unmounted.
   */
  @Override
  public void close() {
    if (ended.getCount() == 0) {
      return;
    }
    int errno = Mounts.unmount(directory);
    if (errno != 0 && ended.getCount() > 0) {
      LOG.warn("{} is in use (errno {}): its users get errors from now on", directory, errno);
      Mounts.abort(directory);
      Mounts.detach(directory);
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start() {
    for (int i = 0; i < descriptors.size(); i++) {
      int descriptor = descriptors.get(i);
      readers.add(
          Thread.ofPlatform()
              .name("fuse-reader-" + i)
              .daemon()
              .start(() -> receiveUntilUnmounted(descriptor)));
    }
    Thread.ofPlatform().name("fuse-closer").daemon().start(this::finish);
  }

  private void finish() {
    try {
      for (Thread reader : readers) {
        reader.join();
      }
      workers.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    MemorySegment state = arena.allocate(Libc.CALL_STATE);
    descriptors.forEach(descriptor -> Libc.close(state, descriptor));
    ended.countDown();
  }

  private void receiveUntilUnmounted(int descriptor) {
    try {
      while (true) {
        Request request = free.take();
        long length = request.receive(descriptor);
        if (length >= 0) {
          dispatch(request);
          continue;
        }
        free.add(request);
        int errno = (int) -length;
        if (errno == Errno.ENODEV) {
          return;
        }
        // EINTR, EAGAIN, ENOENT (the request was interrupted before it was read): read again.
        if (errno != Errno.EINTR && errno != Errno.EAGAIN && errno != Errno.ENOENT) {
          LOG.error("reading /dev/fuse for {} failed: errno {}", directory, errno);
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void dispatch(Request request) {
    switch (request.opcode()) {
      // Nothing is kept per lookup, so there is nothing to forget; an interrupted call is left to
      // its deadline, as its outcome must be known.
      case Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.INTERRUPT -> free.add(request);
      default -> workers.execute(() -> handle(request));
    }
  }

  private void handle(Request request) {
    try {
      handler.handle(request);
    } catch (RuntimeException e) {
      LOG.error("opcode {} on inode {} failed", request.opcode(), request.node(), e);
    } finally {
      if (!request.isAnswered()) {
        request.sendError(Errno.EIO);
      }
      free.add(request);
    }
  }

  /** Answers INIT, which is the first request and comes alone. */
  private void negotiate() throws IOException {
    Request request = free.remove();
    try {
      long length = request.receive(descriptors.getFirst());
      require((int) Math.min(0, length), "read INIT");
      if (request.opcode() != Opcode.INIT) {
        throw new IOException("the kernel began with opcode " + request.opcode() + ", not INIT");
      }
      ByteBuffer body = request.body();
      int major = body.getInt(0);
      int minor = body.getInt(4);
      if (major != InitFlags.MAJOR || minor < InitFlags.OLDEST_MINOR) {
        request.sendError(Errno.EOPNOTSUPP);
        throw new IOException(
            "the kernel speaks FUSE " + major + "." + minor + "; 7.31 or later is needed");
      }
      request
          .reply()
          .putInt(InitFlags.MAJOR)
          .putInt(Math.min(minor, InitFlags.NEWEST_MINOR))
          .putInt(body.getInt(8))
          .putInt(body.getInt(12) & InitFlags.WANTED)
          .putShort((short) MAX_REQUESTS)
          .putShort((short) (MAX_REQUESTS * 3 / 4))
          .putInt(MAX_TRANSFER_BYTES)
          .putInt(1) // Times have nanoseconds.
          .putShort((short) (MAX_TRANSFER_BYTES / PAGE_BYTES))
          .put(new byte[34]);
      request.send();
    } finally {
      free.add(request);
    }
  }

  private static int openDevice(MemorySegment state, Arena arena) throws IOException {
    int descriptor = Libc.open(state, arena.allocateFrom("/dev/fuse"), O_RDWR | O_CLOEXEC);
    return require(descriptor, "open /dev/fuse");
  }

  private static int require(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + " failed: errno " + -result);
    }
    return result;
  }
}
