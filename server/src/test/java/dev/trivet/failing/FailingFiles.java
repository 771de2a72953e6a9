package dev.trivet.failing;

import dev.trivet.failing.Failure.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The real files, of which one operation fails. Listing folders and asking for attributes never
 * fail, but after a {@link Failure.Manner#FROM_THERE_ON}.
 */
@SuppressWarnings("NullAway") // The JDK's interface takes and gives null.
final class FailingFiles extends FileSystemProvider {
  private final Failure failure;
  private final FailingFileSystem system;

  private FailingFiles(Failure failure, FileSystem real) {
    this.failure = failure;
    this.system = new FailingFileSystem(this, real);
  }

  /** A real path as one whose operations may fail. */
  static Path at(Path real, Failure failure) {
    return new FailingFiles(failure, real.getFileSystem()).system.path(real);
  }

  private static Path real(Path path) {
    return FailingPath.real(path);
  }

  private void before(Kind kind, Path path) throws IOException {
    failure.before(kind, path);
  }

  private void look(Path path) throws IOException {
    if (failure.isOver()) {
      throw Failure.failed(Kind.OPEN, path);
    }
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    before(Kind.OPEN, path);
    return new FailingChannel(FileChannel.open(real(path), options, attributes), failure, path);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    look(folder);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> listed =
        Files.newDirectoryStream(real(folder), path -> filter.accept(system.path(path)))) {
      listed.forEach(path -> found.add(system.path(path)));
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    before(Kind.RENAME, folder);
    Files.createDirectory(real(folder), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    before(Kind.RENAME, link);
    Files.createLink(real(link), real(existing));
  }

  @Override
  public void delete(Path path) throws IOException {
    before(Kind.UNLINK, path);
    Files.delete(real(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    before(Kind.OPEN, target);
    before(Kind.WRITE, target);
    Files.copy(real(source), real(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    before(Kind.RENAME, target);
    Files.move(real(source), real(target), options);
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return Files.isSameFile(real(one), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return Files.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return Files.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    look(path);
    real(path).getFileSystem().provider().checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return Files.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    look(path);
    return Files.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    look(path);
    return Files.readAttributes(real(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    Files.setAttribute(real(path), name, value, options);
  }

  @Override
  public String getScheme() {
    return "failing";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("it begins with a path");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("it begins with a path");
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("it begins with a path");
  }
}
