package dev.trivet.chaos.environment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What stands between one node and the C library: its wall clock can be set, its disk told to fail
 * or to be slow, while it runs. Its monotonic clock is left alone.
 *
 * <p>The node maps a page of numbers that this one writes; {@code node-shim.c} says their order. It
 * lies beside the node's folder, on another disk, so that it stays when the node's is cut.
 */
public final class Shim {
  private static final int CLOCK = 0;
  private static final int KINDS = 1;
  private static final int BITTEN = 5;
  private static final int CALLS = 6;

  private final Path library;
  private final Path page;
  private final Path folder;

  private Shim(Path library, Path page, Path folder) {
    this.library = library;
    this.page = page;
    this.folder = folder;
  }

  /** Calls that can be made to fail. */
  public enum Kind {
    SYNC(1),
    /** Of bytes, and changes of a file's length. */
    WRITE(2),
    READ(4),
    OPEN(8),
    /** Of names: rename, link, make a folder. */
    RENAME(16),
    UNLINK(32);

    private final long bit;

    Kind(long bit) {
      this.bit = bit;
    }
  }

  /** Numbers of errors, as Linux has them. */
  public enum Errno {
    NONE(0),
    EIO(5),
    ENOSPC(28),
    EROFS(30);

    private final long number;

    Errno(long number) {
      this.number = number;
    }
  }

  /**
   * What the disk does.
   *
   * @param kinds of calls it does it to
   * @param errno it fails with
   * @param oneIn so many calls one fails; 1 is each
   * @param delay before each call
   */
  public record Trouble(Set<Kind> kinds, Errno errno, long oneIn, Duration delay) {
    /** Checks the share and copies the kinds. */
    public Trouble {
      kinds = Set.copyOf(kinds);
      if (oneIn < 1) {
        throw new IllegalArgumentException("one in " + oneIn + " calls: at least 1 is needed");
      }
    }
  }

  /**
   * What was done since the last {@link #trouble}: calls that were looked at, and that were hit.
   */
  public record Counted(long calls, long bitten) {}

  /** Compiles the shim once for a run's folder. */
  static Path compile(Path folder) throws IOException {
    Path source = folder.resolve("node-shim.c");
    Path library = folder.resolve("node-shim.so");
    if (!Files.exists(library)) {
      try (InputStream resource =
          Objects.requireNonNull(Shim.class.getResourceAsStream("/chaos/node-shim.c"))) {
        Files.write(source, resource.readAllBytes());
      }
      var _ =
          Programs.run(
              "gcc",
              "-shared",
              "-fPIC",
              "-O1",
              "-nostdlib",
              "-o",
              library.toString(),
              source.toString());
    }
    return library;
  }

  static Shim of(Path library, Path nodeFolder) throws IOException {
    Path absolute = nodeFolder.toAbsolutePath().normalize();
    Shim shim =
        new Shim(library, absolute.resolveSibling(absolute.getFileName() + ".shim"), absolute);
    Files.write(shim.page, new byte[4096]);
    return shim;
  }

  /** Begins the command of the process that is to have it. */
  List<String> prefix() {
    return List.of(
        "env",
        "LD_PRELOAD=" + library.toAbsolutePath(),
        "NODE_SHIM=" + page,
        "NODE_SHIM_FOLDER=" + folder + "/");
  }

  /** How far the node's wall clock is ahead of the right time from now on. */
  public void setClock(Duration ahead) throws IOException {
    write(CLOCK, ahead.toSeconds());
  }

  /** From now on; counts anew. */
  public void trouble(Trouble trouble) throws IOException {
    long kinds = trouble.kinds().stream().mapToLong(kind -> kind.bit).sum();
    // Whom it concerns comes last, so that no call sees half of it.
    write(BITTEN, 0, 0, 0);
    write(KINDS + 1, trouble.errno().number, trouble.oneIn(), trouble.delay().toNanos() / 1_000);
    write(KINDS, kinds);
  }

  /**
   * One call fails with EIO, and no other; counts anew.
   *
   * @param nth from now on, among those of its kind; from 1
   */
  public void failOne(Kind kind, long nth) throws IOException {
    if (nth < 1) {
      throw new IllegalArgumentException("call number " + nth + ": they are counted from 1");
    }
    heal();
    // What was bitten, the calls, and which of them is to fail lie side by side.
    write(BITTEN, 0, 0, nth);
    write(KINDS + 1, Errno.EIO.number, 1, 0);
    write(KINDS, kind.bit);
  }

  /** The disk is as it is; the counts stay. */
  public void heal() throws IOException {
    write(KINDS, 0);
  }

  /**
   * How far the clock that a process sees is ahead, as far as it has this shim: the kernel says
   * whether the page is mapped.
   */
  public Duration clockAhead(long pid) throws IOException {
    boolean isMapped =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps")).stream()
            .anyMatch(line -> line.endsWith(page.toString()));
    return isMapped ? Duration.ofSeconds(number(CLOCK)) : Duration.ZERO;
  }

  /** What was counted since {@link #trouble}. */
  public Counted counted() throws IOException {
    return new Counted(number(CALLS), number(BITTEN));
  }

  private long number(int which) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(page)).order(ByteOrder.nativeOrder());
    return all.getLong(which * Long.BYTES);
  }

  private void write(int from, long... numbers) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.nativeOrder());
    for (long number : numbers) {
      bytes.putLong(number);
    }
    bytes.flip();
    // In place: the node has the page mapped.
    try (FileChannel channel = FileChannel.open(page, StandardOpenOption.WRITE)) {
      long at = (long) from * Long.BYTES;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    }
  }
}
