package dev.trivet.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
  @TempDir Path folder;

  @Test
  void oneBitOfAByteThatIsNotZeroIsAnother() throws IOException {
    byte[] before = new byte[4_096];
    before[100] = 1;
    before[200] = 77;
    Path file = Files.write(folder.resolve("file"), before);

    Damage.Flipped flipped = Damage.flip(file, new Random(1));

    byte[] after = Files.readAllBytes(file);
    assertThat(flipped.isOnDisk()).isTrue();
    assertThat(Byte.toUnsignedInt(after[(int) flipped.at()])).isEqualTo(flipped.after());
    after[(int) flipped.at()] = (byte) flipped.before();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aTornEntryBeginsWhereTheLastOneEnds() throws IOException {
    byte[] log = new byte[8_192];
    log[99] = 5;
    Path file = Files.write(folder.resolve("log"), log);

    long at = Damage.appendTorn(file, new Random(1));

    byte[] after = Files.readAllBytes(file);
    assertThat(at).isEqualTo(100);
    // A length of 3,000 as a varint, of which 700 bytes are there.
    assertThat(after[100]).isEqualTo((byte) 0xb8);
    assertThat(after[101]).isEqualTo((byte) 23);
    assertThat(after).hasSize(8_192).endsWith(new byte[1_000]);
  }

  @Test
  void aCopyHasAllFiles() throws IOException {
    Files.createDirectories(folder.resolve("from/sub"));
    Files.writeString(folder.resolve("from/sub/file"), "content");

    Damage.copy(folder.resolve("from"), folder.resolve("to"));

    assertThat(folder.resolve("to/sub/file")).hasContent("content");
    Folders.deleteTree(folder.resolve("to"));
    assertThat(folder.resolve("to")).doesNotExist();
  }
}
