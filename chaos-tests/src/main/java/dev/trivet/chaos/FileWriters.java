package dev.trivet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The program that {@link FileWorkload} writes with: {@code FileWriters DIRECTORY}, until its
 * standard input ends. It prints "done NAME" for a file that the file system confirmed, "open NAME"
 * for one that it failed.
 *
 * <p>It is a process of its own because whoever has files of a mount open must start no processes:
 * they inherit the files and close them, which waits for the nodes that are to be started.
 */
final class FileWriters {
  private static final int THREADS = 2;
  private static final int LINES = 200;
  private static final long PAUSE_MILLIS = 50;

  private FileWriters() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path directory = Path.of(arguments[0]);
    Ledger ledger = new Ledger();
    Writers writers = new Writers(ledger);
    writers.start("file", THREADS, PAUSE_MILLIS, (name, _) -> write(directory, name));
    // What is said is not looked at: the end is the sign.
    var _ = System.in.transferTo(OutputStream.nullOutputStream());
    writers.stop();
  }

  /** What a file of this name must hold. */
  static String content(String name) {
    return (name + "\n").repeat(LINES);
  }

  static Path file(Path directory, String name) {
    return directory.resolve(name.replace('/', '-'));
  }

  private static String write(Path directory, String name) {
    String content = content(name);
    Path file = file(directory, name);
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    try {
      try (FileChannel channel =
          FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      say("open " + name);
      throw ErrorCode.OUTCOME_UNKNOWN.exception("the file system said: " + e, e);
    }
    say("done " + name);
    return content;
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
