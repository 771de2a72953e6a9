package dev.trivet.store;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native library: in a distribution it lies unpacked in {@code native} beside the jar.
 * Otherwise RocksDB unpacks 15 MB into the temporary folder at every start, and a process that is
 * killed leaves them there.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  static void load() {
    Path unpacked = unpacked();
    if (unpacked == null) {
      RocksDB.loadLibrary();
    } else {
      RocksDB.loadLibrary(List.of(unpacked.toString()));
    }
  }

  private static @Nullable Path unpacked() {
    CodeSource source = RocksDB.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    try {
      Path folder = Path.of(source.getLocation().toURI()).resolveSibling("native");
      return Files.isDirectory(folder) ? folder : null;
    } catch (URISyntaxException _) {
      return null;
    }
  }
}
