package dev.trivet.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.foreign.ForeignProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The time of day as one process sees it, to be set while it runs. Its monotonic clock is left
 * alone. (libfaketime is no help: it also stands between a process and its waiting, and a JVM under
 * it spins in timed waits that end at once, monotonic clock faked or not.)
 */
final class WallClock {
  private final Path library;
  private final Path offset;

  private WallClock(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /** Compiles what stands between a process and its clock; the clock is right at first. */
  static WallClock in(Path folder, String name) throws IOException, InterruptedException {
    Path source = folder.resolve("wall-clock.c");
    Path library = folder.resolve("wall-clock.so");
    if (!Files.exists(library)) {
      try (InputStream resource =
          Objects.requireNonNull(WallClock.class.getResourceAsStream("/clock/wall-clock.c"))) {
        Files.copy(resource, source);
      }
      run(
          List.of(
              ForeignProgram.GCC.require().toString(),
              "-shared",
              "-fPIC",
              "-O1",
              "-nostdlib",
              "-o",
              library.toString(),
              source.toString()));
    }
    WallClock clock = new WallClock(library, folder.resolve(name + ".offset"));
    clock.set(Duration.ZERO);
    return clock;
  }

  /** Begins the command of a process that is to have this clock. */
  List<String> prefix() {
    return List.of("env", "LD_PRELOAD=" + library, "WALL_CLOCK=" + offset);
  }

  /** How far it is ahead of the right time from now on. */
  void set(Duration ahead) throws IOException {
    byte[] seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(ahead.toSeconds())
            .array();
    // In place: a process has the file mapped.
    Files.write(offset, seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** What another process with this clock takes for now. */
  Instant now() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix());
    command.addAll(List.of("date", "+%s"));
    return Instant.ofEpochSecond(Long.parseLong(run(command).strip()));
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed: " + output);
    }
    return output;
  }
}
