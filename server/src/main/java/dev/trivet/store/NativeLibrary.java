package dev.trivet.store;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native library: in a distribution it lies unpacked in {@code native} beside the jar.
 * Otherwise RocksDB unpacks 15 MB into the temporary folder at every start, and a process that is
 * killed leaves them there.
 */
public final class NativeLibrary {
  private static final String JAR = "rocksdbjni-";

  private NativeLibrary() {}

  /**
   * Begins to load it, on a thread of its own: for a process that will open a store, and has other
   * things to do first. The library takes a tenth of a second.
   */
  public static void loadAhead() {
    var _ = Thread.ofPlatform().daemon().name("native-library").start(NativeLibrary::tryToLoad);
  }

  private static void tryToLoad() {
    try {
      load();
    } catch (RuntimeException | UnsatisfiedLinkError _) {
      // Who opens a store meets the same, and tells of it.
    }
  }

  static void load() {
    Path unpacked = unpacked(System.getProperty("java.class.path", ""));
    if (unpacked == null) {
      RocksDB.loadLibrary();
    } else {
      RocksDB.loadLibrary(List.of(unpacked.toString()));
    }
  }

  /**
   * The folder of a class path that has the library. Classes themselves do not tell where they are
   * from: those of a cache that was made beforehand have no code source.
   */
  static @Nullable Path unpacked(String classPath) {
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      if (String.valueOf(jar.getFileName()).startsWith(JAR)) {
        Path folder = jar.resolveSibling("native");
        return Files.isDirectory(folder) ? folder : null;
      }
    }
    return null;
  }
}
