package dev.trivet.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Whole folders: delete, link, bring a directory's entries to disk. */
public final class Folders {
  private Folders() {}

  /** Deletes a folder with all that is in it; nothing happens when there is none. */
  public static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }

  /** Makes a copy of a folder by hard links, or by copying where links are not possible. */
  public static void linkTree(Path source, Path target) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(source)) {
      paths = walk.sorted().toList();
    }
    for (Path path : paths) {
      Path copy = target.resolve(source.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(copy);
      } else {
        linkOrCopy(path, copy);
      }
    }
    sync(target);
  }

  /** fsync of a directory: its entries survive a power cut afterwards. */
  public static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** fsync of all files and folders of a tree. */
  public static void syncTree(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      sync(path);
    }
  }

  private static void linkOrCopy(Path source, Path target) throws IOException {
    // Only table and blob files are immutable; the others are written on, so a link would tie both
    // folders together.
    String name = String.valueOf(source.getFileName());
    if (name.endsWith(".sst") || name.endsWith(".blob")) {
      try {
        Files.createLink(target, source);
        return;
      } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
        // Another file system: copy.
      }
    }
    Files.copy(source, target);
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
