package dev.trivet.extents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.state.entry.ExtentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalExtentsTest {
  private static final ExtentId ID = ExtentId.parse("0123456789abcdef0123456789abcdef");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 262_144, 262_145, 1_000_000})
  void everyRangeComesBackAsItWasWritten(int size) throws IOException {
    Random random = new Random(size);
    byte[] payload = Bytes.random(random, size);
    LocalExtents local = LocalExtents.open(folder);
    Bytes.store(local, ID, payload);

    for (int i = 0; i < 50; i++) {
      int offset = random.nextInt(size + 1);
      int length = random.nextInt(size - offset + 1);
      assertThat(Bytes.read(local, ID, offset, length))
          .as("%d bytes at %d", length, offset)
          .isEqualTo(Arrays.copyOfRange(payload, offset, offset + length));
    }
    assertThat(Bytes.read(local, ID, 0, size)).isEqualTo(payload);
    assertFails(ErrorCode.INVALID_RANGE, () -> Bytes.read(local, ID, 1, size));
  }

  @Test
  void aFlippedBitAnywhereIsNoticed() throws IOException {
    long seed = 20_261_124;
    Random random = new Random(seed);
    byte[] payload = Bytes.random(random, 3 * ExtentFormat.BLOCK_BYTES + 5);
    Bytes.store(LocalExtents.open(folder), ID, payload);
    byte[] intact = Files.readAllBytes(file());
    int tail = intact.length - ExtentFormat.HEADER_BYTES - payload.length;

    for (int i = 0; i < 400; i++) {
      int position =
          switch (i % 3) {
            case 0 -> random.nextInt(ExtentFormat.HEADER_BYTES);
            case 1 -> intact.length - 1 - random.nextInt(tail);
            default -> random.nextInt(intact.length);
          };
      byte[] damaged = intact.clone();
      damaged[position] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), damaged);

      assertThatThrownBy(() -> readAll(file()))
          .as("seed %d, bit flipped in byte %d", seed, position)
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPT));
    }
    Files.write(file(), intact);
    assertThat(readAll(file())).isEqualTo(payload);
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    byte[] payload = Bytes.random(new Random(1), 100_000);
    Bytes.store(LocalExtents.open(folder), ID, payload);
    byte[] intact = Files.readAllBytes(file());

    for (int length : new int[] {0, 7, 39, 40, 68, 50_000, intact.length - 1}) {
      Files.write(file(), Arrays.copyOf(intact, length));
      assertFails(ErrorCode.DATA_CORRUPT, () -> readAll(file()));
    }
  }

  @Test
  void tooNewAndTooOldAreNotDamageAndKeptInPlace() throws IOException {
    Bytes.store(LocalExtents.open(folder), ID, new byte[10]);
    LocalExtents local = LocalExtents.open(folder);

    writeVersion(ExtentFormat.VERSION + 1);
    assertFails(ErrorCode.DATA_TOO_NEW, () -> Bytes.read(local, ID, 0, 1));
    writeVersion(ExtentFormat.OLDEST_VERSION - 1);
    assertFails(ErrorCode.DATA_TOO_OLD, () -> Bytes.read(local, ID, 0, 1));

    assertThat(local.isHere(ID)).isTrue();
    assertThat(file()).exists();
  }

  @Test
  void whatWasNotCompletedIsGoneAfterARestart() throws IOException {
    LocalExtents local = LocalExtents.open(folder);
    ExtentWriter writer = local.receive(ID, 1);
    writer.append(ByteString.copyFromUtf8("half"));

    assertThat(local.isHere(ID)).isFalse();
    assertThat(part()).exists();
    LocalExtents again = LocalExtents.open(folder);

    assertThat(again.isHere(ID)).isFalse();
    assertThat(part()).doesNotExist();
  }

  @Test
  void anExtentThatIsNotWhatWasAnnouncedIsNotKept() throws IOException {
    LocalExtents local = LocalExtents.open(folder);
    try (ExtentWriter writer = local.receive(ID, 1)) {
      writer.append(ByteString.copyFromUtf8("bytes"));
      assertFails(ErrorCode.BAD_DIGEST, () -> writer.complete(5, 0));
    }

    assertThat(local.isHere(ID)).isFalse();
    assertThat(part()).doesNotExist();
    assertThat(local.isArriving(ID)).isFalse();
  }

  @Test
  void aDamagedFileIsKeptUntilAnIntactCopyIsHere() throws IOException {
    LocalExtents local = LocalExtents.open(folder);
    Bytes.store(local, ID, new byte[10]);
    byte[] bytes = Files.readAllBytes(file());
    bytes[45] ^= 1;
    Files.write(file(), bytes);

    assertFails(ErrorCode.DATA_CORRUPT, () -> Bytes.read(local, ID, 0, 10));
    assertThat(damaged()).exists();
    LocalExtents again = LocalExtents.open(folder);
    assertThat(again.damaged()).containsExactly(ID);
    Bytes.store(again, ID, new byte[10]);

    assertThat(damaged()).doesNotExist();
    assertThat(again.damaged()).isEmpty();
    assertThat(Bytes.read(again, ID, 0, 10)).isEqualTo(new byte[10]);
  }

  private static byte[] readAll(Path file) throws IOException {
    try (ExtentReader reader = ExtentReader.open(new Disk(), file, ID)) {
      Bytes.Collected all = new Bytes.Collected();
      reader.read(0, reader.size(), all);
      return all.bytes();
    }
  }

  private void writeVersion(int version) throws IOException {
    byte[] file = Files.readAllBytes(file());
    ByteBuffer header = ExtentFormat.header(version, ID, 1);
    header.get(file, 0, header.remaining());
    Files.write(file(), file);
  }

  private Path file() {
    return folder.resolve("01").resolve(ID + ".extent");
  }

  private Path part() {
    return folder.resolve("01").resolve(ID + ".extent.part");
  }

  private Path damaged() {
    return folder.resolve("01").resolve(ID + ".damaged");
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TrivetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
