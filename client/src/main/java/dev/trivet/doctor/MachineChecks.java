package dev.trivet.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/** What this machine gives. */
public final class MachineChecks {
  private static final int JAVA_NEEDED = 25;
  private static final Path FUSE = Path.of("/dev/fuse");

  private static final int SYNCS = 50;
  private static final int SYNC_BYTES = 4 << 10;
  private static final double GOOD_SYNC_MILLIS = 10;
  private static final double USABLE_SYNC_MILLIS = 50;
  private static final double NANOS_PER_MILLI = 1e6;

  private MachineChecks() {}

  /** The Java that runs this. */
  public static Check java() {
    int version = Runtime.version().feature();
    String found = "version " + Runtime.version() + ", " + JAVA_NEEDED + " or later is needed";
    return version >= JAVA_NEEDED
        ? Check.ok("java", found)
        : Check.fail("java", found, "install JDK " + JAVA_NEEDED + " and set JAVA_HOME to it");
  }

  /** What a mount needs. Without it keys and blobs work all the same. */
  public static Check fuse() {
    if (!Files.exists(FUSE)) {
      return Check.warn(
          "fuse", FUSE + " is not there: no volume can be mounted here", "modprobe fuse");
    }
    if (!Files.isReadable(FUSE) || !Files.isWritable(FUSE)) {
      return Check.warn(
          "fuse",
          FUSE + " is there, but user " + System.getProperty("user.name") + " may not use it",
          "mount as root");
    }
    return Check.ok("fuse", FUSE + " can be opened by " + System.getProperty("user.name"));
  }

  /** How long a folder's disk takes to keep 4 KiB: every acknowledged write waits for that. */
  public static Check disk(Path folder) {
    String subject = "disk " + folder;
    try {
      String type = Files.getFileStore(folder).type();
      double[] millis = syncTimes(folder);
      String found =
          String.format(
              Locale.ROOT,
              "%s, fsync of 4 KiB takes %.1f ms (median), %.1f ms (slowest of %d); up to %.0f ms is"
                  + " good",
              type,
              millis[SYNCS / 2],
              millis[SYNCS - 1],
              SYNCS,
              GOOD_SYNC_MILLIS);
      if (type.equals("tmpfs") || type.equals("ramfs")) {
        return Check.warn(subject, found + "; this is memory", "keep data on a disk");
      }
      if (millis[SYNCS / 2] > USABLE_SYNC_MILLIS) {
        return Check.fail(subject, found, "use a faster disk: every write waits this long");
      }
      return millis[SYNCS / 2] > GOOD_SYNC_MILLIS
          ? Check.warn(
              subject, found, "use a disk with power-loss protection, or expect slow writes")
          : Check.ok(subject, found);
    } catch (IOException e) {
      return Check.fail(subject, "cannot be measured: " + e, "give a folder that can be written");
    }
  }

  /** Sorted. Appends, as a log does, so that the file's length has to be kept too. */
  private static double[] syncTimes(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "trivet-doctor", ".tmp");
    double[] millis = new double[SYNCS];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(SYNC_BYTES);
      for (int i = 0; i < SYNCS; i++) {
        long start = System.nanoTime();
        bytes.clear();
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(false);
        millis[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
      }
    } finally {
      Files.deleteIfExists(file);
    }
    Arrays.sort(millis);
    return millis;
  }
}
