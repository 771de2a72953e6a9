package dev.trivet.bench.churn;

import dev.trivet.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How large folders are that servers work in. A file with several names in a folder, as snapshots
 * have them, counts once; a sparse file counts as long as it is.
 *
 * @param bytes of all folders
 * @param largestBytes of the largest folder
 */
record DiskUsage(long bytes, long largestBytes) {
  static DiskUsage of(List<Path> folders) {
    long all = 0;
    long largest = 0;
    for (Path folder : folders) {
      long bytes = sizeBytes(folder);
      all += bytes;
      largest = Math.max(largest, bytes);
    }
    return new DiskUsage(all, largest);
  }

  private static long sizeBytes(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw ErrorCode.INVALID_ARGUMENT.exception(folder + " is no folder");
    }
    Sum sum = new Sum();
    try {
      Files.walkFileTree(folder, sum);
    } catch (IOException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception("cannot read the folder " + folder, e);
    }
    return sum.bytes;
  }

  private static final class Sum extends SimpleFileVisitor<Path> {
    private final Set<Object> counted = new HashSet<>();
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Object key = attributes.fileKey();
      if (attributes.isRegularFile() && (key == null || counted.add(key))) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    /** The server may have deleted it since the folder was read. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      if (e == null || e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }
}
