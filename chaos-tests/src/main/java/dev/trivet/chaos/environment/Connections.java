package dev.trivet.chaos.environment;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String ESTABLISHED = "01";

  private Connections() {}

  /**
   * The socket of a connection that is established. Its own port alone would not do: connections to
   * different addresses may share one.
   */
  static Optional<String> inodeOf(int port, InetAddress to, int toPort) throws IOException {
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        Optional<String> found = inodeOf(port, to, toPort, Files.readAllLines(table));
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
  static Optional<String> inodeOf(int port, InetAddress to, int toPort, List<String> table) {
    String local = port(port);
    String remote = address(to) + port(toPort);
    return table.stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(
            columns ->
                columns.length > INODE
                    && columns[LOCAL].endsWith(local)
                    && columns[REMOTE].endsWith(remote)
                    && columns[STATE].equals(ESTABLISHED))
        .map(columns -> columns[INODE])
        .findFirst();
  }

  private static String port(int port) {
    return String.format(Locale.ROOT, ":%04X", port);
  }

  /** As the kernel prints it: the number that the bytes are in memory. */
  private static String address(InetAddress address) {
    int number = ByteBuffer.wrap(address.getAddress()).order(ByteOrder.nativeOrder()).getInt();
    return String.format(Locale.ROOT, "%08X", number);
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
