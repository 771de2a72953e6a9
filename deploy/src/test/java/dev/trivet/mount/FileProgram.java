package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A random program of file calls in a directory, made from a seed, which knows what every file must
 * hold. Files stay open over renames and after they lost their names.
 */
final class FileProgram implements AutoCloseable {
  private static final int NAMES = 6;
  private static final int MAX_UNLINKED = 4;
  private static final int FILE_BYTES = 3 << 20;

  private final Path directory;
  private final Random random;
  private final String seedText;
  private final Map<String, OpenFileModel> named = new TreeMap<>();
  private final List<OpenFileModel> unlinked = new ArrayList<>();
  private int step;

  private static final class OpenFileModel {
    private final FileChannel channel;
    private byte[] content = new byte[0];

    private OpenFileModel(FileChannel channel) {
      this.channel = channel;
    }
  }

  FileProgram(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
    this.seedText = "seed " + seed;
  }

  void run(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      step++;
      doOne();
    }
  }

  private String at() {
    return seedText + ", step " + step;
  }

  private void doOne() throws IOException {
    String name = "f" + random.nextInt(NAMES);
    OpenFileModel file = named.get(name);
    if (file == null) {
      Path path = directory.resolve(name);
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      named.put(name, new OpenFileModel(channel));
      return;
    }
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> write(file, random.nextInt(FILE_BYTES / 2), 1 + random.nextInt(9_000));
      case 4 -> write(file, random.nextInt(FILE_BYTES / 2), 1 + random.nextInt(FILE_BYTES / 2));
      case 5 -> write(file, file.content.length, 1 + random.nextInt(5_000));
      case 6, 7 -> read(file);
      case 8 -> truncate(file);
      case 9 -> file.channel.force(random.nextBoolean());
      case 10 -> rename(name, file);
      case 11 -> unlink(name, file);
      case 12 -> compareByName(name, file);
      default -> {
        file.channel.close();
        OpenFileModel again =
            new OpenFileModel(
                FileChannel.open(
                    directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
        again.content = file.content;
        named.put(name, again);
      }
    }
    for (OpenFileModel open : unlinked) {
      if (random.nextInt(4) == 0) {
        read(open);
      }
    }
  }

  private void write(OpenFileModel file, int offset, int length) throws IOException {
    byte[] data = new byte[length];
    random.nextBytes(data);
    ByteBuffer buffer = ByteBuffer.wrap(data);
    while (buffer.hasRemaining()) {
      int _ = file.channel.write(buffer, offset + (long) buffer.position());
    }
    file.content = Arrays.copyOf(file.content, Math.max(file.content.length, offset + length));
    System.arraycopy(data, 0, file.content, offset, length);
    assertThat(file.channel.size()).as(at()).isEqualTo(file.content.length);
  }

  private void read(OpenFileModel file) throws IOException {
    int offset = random.nextInt(file.content.length + 10);
    int length = 1 + random.nextInt(200_000);
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()
        && file.channel.read(buffer, offset + (long) buffer.position()) > 0) {
      // The kernel may answer in parts.
    }
    int from = Math.min(offset, file.content.length);
    int to = Math.min(offset + length, file.content.length);
    compare(buffer.array(), buffer.position(), Arrays.copyOfRange(file.content, from, to));
  }

  private void compare(byte[] read, int count, byte[] wanted) {
    assertThat(count).as(at()).isEqualTo(wanted.length);
    assertThat(Arrays.mismatch(read, 0, count, wanted, 0, count)).as(at()).isEqualTo(-1);
  }

  private void truncate(OpenFileModel file) throws IOException {
    int size = random.nextInt(FILE_BYTES / 2);
    if (size < file.content.length) {
      file.channel.truncate(size);
      file.content = Arrays.copyOf(file.content, size);
    } else {
      // Java has no call that only makes a file longer: one byte far behind does.
      write(file, size, 1);
    }
    assertThat(file.channel.size()).as(at()).isEqualTo(file.content.length);
  }

  private void rename(String name, OpenFileModel file) throws IOException {
    String target = "f" + random.nextInt(NAMES);
    if (target.equals(name)) {
      return;
    }
    Files.move(
        directory.resolve(name),
        directory.resolve(target),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    named.remove(name);
    OpenFileModel replaced = named.put(target, file);
    if (replaced != null) {
      keep(replaced);
    }
  }

  private void unlink(String name, OpenFileModel file) throws IOException {
    Files.delete(directory.resolve(name));
    named.remove(name);
    keep(file);
  }

  private void keep(OpenFileModel file) throws IOException {
    unlinked.add(file);
    if (unlinked.size() > MAX_UNLINKED) {
      unlinked.removeFirst().channel.close();
    }
  }

  private void compareByName(String name, OpenFileModel file) throws IOException {
    Path path = directory.resolve(name);
    assertThat(Files.size(path)).as(at()).isEqualTo(file.content.length);
    byte[] read = Files.readAllBytes(path);
    compare(read, read.length, file.content);
  }

  /** Compares all names and all that they hold; the directory may be mounted anew. */
  void compareAll() throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      assertThat(found.map(path -> path.getFileName().toString()))
          .as(at())
          .containsExactlyInAnyOrderElementsOf(named.keySet());
    }
    for (Map.Entry<String, OpenFileModel> entry : named.entrySet()) {
      compareByName(entry.getKey(), entry.getValue());
    }
  }

  /** Closes all files, as the directory is unmounted next. */
  void closeFiles() throws IOException {
    for (OpenFileModel file : named.values()) {
      file.channel.close();
    }
    for (OpenFileModel file : unlinked) {
      file.channel.close();
    }
    unlinked.clear();
  }

  @Override
  public void close() throws IOException {
    closeFiles();
  }
}
