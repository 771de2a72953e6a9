package dev.trivet.extents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.TrivetException;
import dev.trivet.failing.EachFailure;
import dev.trivet.state.entry.ExtentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each operation on extents' files fails once; a node that goes on must be whole, as must its next
 * start.
 */
final class ExtentFailuresTest {
  private static final ExtentId OLD = ExtentId.parse("0123456789abcdef0123456789abcdef");
  private static final ExtentId NEW = ExtentId.parse("01f3456789abcdef0123456789abcdef");
  private static final byte[] PAYLOAD = Bytes.random(new Random(1), 70_000);

  @TempDir Path home;

  @Test
  void anExtentIsWrittenWholeOrCanBeWrittenAgain() throws IOException {
    int runs =
        EachFailure.armedByTheRun(home)
            .of(
                (real, failing, failure) -> {
                  Bytes.store(LocalExtents.open(real), OLD, PAYLOAD);
                  boolean isDone = false;
                  try (LocalExtents local = LocalExtents.open(failing)) {
                    failure.arm();
                    isDone = isStored(local, NEW);
                    if (!isDone && !failure.isOver()) {
                      Bytes.store(local, NEW, PAYLOAD);
                      isDone = true;
                    }
                  } catch (IOException _) {
                    // The node does not start.
                  }

                  requireWhole(real, isDone);
                });

    assertThat(runs).isPositive();
  }

  @Test
  void aDamagedExtentIsHealed() throws IOException {
    int runs =
        EachFailure.armedByTheRun(home)
            .of(
                (real, failing, failure) -> {
                  Bytes.store(LocalExtents.open(real), OLD, PAYLOAD);
                  Bytes.store(LocalExtents.open(real), NEW, PAYLOAD);
                  Path file = real.resolve("01").resolve(NEW + ".extent");
                  byte[] damaged = Files.readAllBytes(file);
                  damaged[1_000] ^= 1;
                  Files.write(file, damaged);
                  boolean isDone = false;
                  try (LocalExtents local = LocalExtents.open(failing)) {
                    failure.arm();
                    isDone = isHealed(local);
                    // A disk that fails once only: the next look heals it.
                    if (!isDone && !failure.isOver()) {
                      assertThat(isHealed(local)).isTrue();
                      isDone = true;
                    }
                  } catch (IOException _) {
                    // The node does not start.
                  }

                  LocalExtents after = LocalExtents.open(real);
                  assertThat(Bytes.read(after, OLD, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
                  if (isDone) {
                    assertThat(Bytes.read(after, NEW, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
                    assertThat(after.damagedCount()).isZero();
                  }
                });

    assertThat(runs).isPositive();
  }

  @Test
  void whatWasNotDeletedCanBeDeletedAgain() throws IOException {
    int runs =
        EachFailure.armedByTheRun(home)
            .of(
                (real, failing, failure) -> {
                  Bytes.store(LocalExtents.open(real), OLD, PAYLOAD);
                  Bytes.store(LocalExtents.open(real), NEW, PAYLOAD);
                  boolean isDone = false;
                  try (LocalExtents local = LocalExtents.open(failing)) {
                    failure.arm();
                    isDone = isDeleted(local) || (!failure.isOver() && isDeleted(local));
                  } catch (IOException _) {
                    // The node does not start.
                  }

                  LocalExtents after = LocalExtents.open(real);
                  assertThat(Bytes.read(after, OLD, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
                  assertThat(isDone && after.isHere(NEW)).isFalse();
                });

    assertThat(runs).isPositive();
  }

  private static boolean isStored(LocalExtents local, ExtentId id) {
    try {
      Bytes.store(local, id, PAYLOAD);
      return true;
    } catch (TrivetException _) {
      return false;
    }
  }

  private static boolean isDeleted(LocalExtents local) {
    try {
      local.delete(NEW);
      return true;
    } catch (TrivetException _) {
      return false;
    }
  }

  private static boolean isHealed(LocalExtents local) {
    try {
      var _ = Bytes.read(local, NEW, 0, PAYLOAD.length);
    } catch (TrivetException _) {
      // It is damaged, or cannot be read.
    }
    return !local.isHere(NEW) && isStored(local, NEW);
  }

  private static void requireWhole(Path real, boolean isNewThere) throws IOException {
    LocalExtents after = LocalExtents.open(real);
    assertThat(Bytes.read(after, OLD, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
    if (isNewThere || after.isHere(NEW)) {
      assertThat(Bytes.read(after, NEW, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
    }
    try (var files = Files.walk(real)) {
      assertThat(files.filter(file -> file.toString().endsWith(LocalExtents.PART))).isEmpty();
    }
  }
}
