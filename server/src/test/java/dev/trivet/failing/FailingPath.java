package dev.trivet.failing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A real path whose file operations go by {@link FailingFiles}. */
@SuppressWarnings("NullAway") // The JDK's interface gives null.
final class FailingPath implements Path {
  private final FailingFileSystem system;
  private final Path path;

  FailingPath(FailingFileSystem system, Path path) {
    this.system = system;
    this.path = path;
  }

  static Path real(Path path) {
    return path instanceof FailingPath failing ? failing.path : path;
  }

  private @Nullable Path wrapped(@Nullable Path found) {
    return found == null ? null : system.path(found);
  }

  @Override
  public FileSystem getFileSystem() {
    return system;
  }

  @Override
  public boolean isAbsolute() {
    return path.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return wrapped(path.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return wrapped(path.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return wrapped(path.getParent());
  }

  @Override
  public int getNameCount() {
    return path.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return wrapped(path.getName(index));
  }

  @Override
  public Path subpath(int begin, int end) {
    return wrapped(path.subpath(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return path.startsWith(real(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return path.endsWith(real(other));
  }

  @Override
  public Path normalize() {
    return wrapped(path.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return wrapped(path.resolve(real(other)));
  }

  @Override
  public Path relativize(Path other) {
    return wrapped(path.relativize(real(other)));
  }

  @Override
  public URI toUri() {
    return path.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return wrapped(path.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return wrapped(path.toRealPath(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    return path.register(watcher, events, modifiers);
  }

  @Override
  public int compareTo(Path other) {
    return path.compareTo(real(other));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FailingPath same && path.equals(same.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
