package dev.trivet.node.founding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.failing.EachFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityFileTest {
  private static final Founder N1 = new Founder("n1", new Founder.Addresses("a:1", "a:2", "a:3"));

  @TempDir Path folder = Path.of("");

  @Test
  void anIdentityIsReadBackAsItWasWritten() throws IOException {
    Identity born = new IdentityFile(folder).open(N1, new Random(1));
    Identity member = new Identity(born.self(), "00000000000000c1", List.of(born.self()), true);

    new IdentityFile(folder).write(member);

    assertThat(new IdentityFile(folder).open(N1, new Random(2))).isEqualTo(member);
  }

  @Test
  void anotherFolderIsAnotherIncarnation() throws IOException {
    Random random = new Random(1);

    Identity one = new IdentityFile(Files.createDirectory(folder.resolve("1"))).open(N1, random);
    Identity two = new IdentityFile(Files.createDirectory(folder.resolve("2"))).open(N1, random);

    assertThat(one.self().incarnation()).isNotEqualTo(two.self().incarnation());
  }

  @Test
  void whateverFailsTheIdentityIsTheLastOneThatWasWrittenOrTheNext() throws IOException {
    int runs =
        new EachFailure(folder)
            .of(
                (real, failing, _) -> {
                  Identity born = null;
                  Identity member = null;
                  try {
                    born = new IdentityFile(failing).open(N1, new Random(1));
                    Identity next =
                        new Identity(born.self(), "00000000000000c1", List.of(born.self()), true);
                    new IdentityFile(failing).write(next);
                    member = next;
                  } catch (IOException _) {
                    // The node does not start.
                  }

                  Identity after = new IdentityFile(real).open(N1, new Random(2));

                  if (born != null) {
                    assertThat(after.self()).isEqualTo(born.self());
                  }
                  if (member != null) {
                    assertThat(after).isEqualTo(member);
                  }
                });

    assertThat(runs).isPositive();
  }

  @Test
  void aFlippedBitAnywhereIsNoticed() throws IOException {
    new IdentityFile(folder).open(N1, new Random(1));
    Path file = folder.resolve("identity");
    byte[] intact = Files.readAllBytes(file);

    for (int bit = 0; bit < intact.length * 8; bit++) {
      byte[] damaged = intact.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, damaged);

      assertThatThrownBy(() -> new IdentityFile(folder).open(N1, new Random(2)))
          .as("bit %d", bit)
          .isInstanceOf(TrivetException.class);
    }
  }

  @Test
  void aFolderWithoutIdentityThatHoldsDataIsRefused() throws IOException {
    Files.createDirectory(folder.resolve("store"));

    assertThat(refusal(N1)).isEqualTo(ErrorCode.DATA_FOREIGN);
  }

  @Test
  void theFolderOfAnotherNodeIsRefused() throws IOException {
    new IdentityFile(folder).open(N1, new Random(1));

    assertThat(refusal(new Founder("n2", N1.addresses()))).isEqualTo(ErrorCode.DATA_FOREIGN);
  }

  @Test
  void aFolderIsHeldByOneProcessAtATime() throws IOException {
    try (DataFolder _ = DataFolder.open(folder)) {
      assertThatThrownBy(() -> DataFolder.open(folder)).isInstanceOf(TrivetException.class);
    }

    DataFolder.open(folder).close();
  }

  private ErrorCode refusal(Founder node) throws IOException {
    try {
      new IdentityFile(folder).open(node, new Random(2));
    } catch (TrivetException e) {
      return e.code();
    }
    throw new AssertionError("the folder was taken");
  }
}
