package dev.trivet.replicate;

import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where Ratis keeps term, vote and log of a node: {@code raft/GROUP/current} in its folder. */
public final class RaftFiles {
  private static final String FOLDER = "raft";
  private static final String CURRENT = "current";

  /** Ratis's file with term and vote. */
  static final String VOTE = "raft-meta";

  private RaftFiles() {}

  static Path folder(Path dataFolder) {
    return dataFolder.toAbsolutePath().resolve(FOLDER);
  }

  /** Whether the file with term and vote is there, of a replica that was started before. */
  public static boolean exist(Path dataFolder) throws IOException {
    return groups(dataFolder).stream()
        .anyMatch(group -> Files.exists(group.resolve(CURRENT).resolve(VOTE)));
  }

  /** The folders that hold the segments of a log; one, unless none was begun. */
  static List<Path> logs(Path dataFolder) throws IOException {
    return groups(dataFolder).stream()
        .map(group -> group.resolve(CURRENT))
        .filter(Files::isDirectory)
        .toList();
  }

  /** Brings the folder entries of a started replica to disk. */
  public static void sync(Path dataFolder) throws IOException {
    for (Path group : groups(dataFolder)) {
      Folders.sync(group.resolve(CURRENT));
      Folders.sync(group);
    }
    Folders.sync(folder(dataFolder));
  }

  private static List<Path> groups(Path dataFolder) throws IOException {
    if (!Files.isDirectory(folder(dataFolder))) {
      return List.of();
    }
    try (var groups = Files.list(folder(dataFolder))) {
      return groups.toList();
    }
  }
}
