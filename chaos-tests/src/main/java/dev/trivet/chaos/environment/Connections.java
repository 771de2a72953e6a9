package dev.trivet.chaos.environment;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whose a connection on this machine is, by the kernel's tables. */
final class Connections {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String ESTABLISHED = "01";

  private Connections() {}

  /** The socket whose own port this is, of a connection that is established. */
  static Optional<String> inodeOf(int port) throws IOException {
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        Optional<String> found = inodeOf(port, Files.readAllLines(table));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The same in a table that was read.
   *
   * @param table lines of {@code /proc/net/tcp}
   */
  static Optional<String> inodeOf(int port, List<String> table) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    return table.stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(
            columns ->
                columns.length > INODE
                    && columns[LOCAL].endsWith(suffix)
                    && columns[STATE].equals(ESTABLISHED))
        .map(columns -> columns[INODE])
        .findFirst();
  }

  /** Whether a process has that socket. */
  static boolean has(long pid, String inode) {
    String wanted = "socket:[" + inode + "]";
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        if (isLinkTo(file, wanted)) {
          return true;
        }
      }
    } catch (IOException _) {
      // The process is gone.
    }
    return false;
  }

  private static boolean isLinkTo(Path file, String wanted) {
    try {
      return Files.readSymbolicLink(file).toString().equals(wanted);
    } catch (IOException _) {
      // Closed since it was listed.
      return false;
    }
  }
}
