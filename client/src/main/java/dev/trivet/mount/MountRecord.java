package dev.trivet.mount;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that tells which process serves a mount, until after its volume is free. It is a hint for
 * who unmounts: the mount works without.
 */
final class MountRecord {
  private static final Logger LOG = LoggerFactory.getLogger(MountRecord.class);
  private static final Path FOLDER = Path.of("/run/trivet/mounts");

  private final Path file;

  private MountRecord(Path file) {
    this.file = file;
  }

  static MountRecord of(Path mountpoint) {
    String name = URLEncoder.encode(mountpoint.toString(), StandardCharsets.UTF_8);
    return new MountRecord(FOLDER.resolve(name));
  }

  /** Names this process. */
  void write() {
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(file, Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      LOG.warn("{} cannot be written: 'trivet umount' will not wait for this mount", file, e);
    }
  }

  void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed", file, e);
    }
  }

  /** Whether the process that is named still serves the mount. */
  boolean isServed() throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    String text = Files.readString(file).strip();
    Optional<ProcessHandle> process =
        text.matches("[0-9]{1,18}") ? ProcessHandle.of(Long.parseLong(text)) : Optional.empty();
    return process.map(ProcessHandle::isAlive).orElse(false);
  }
}
