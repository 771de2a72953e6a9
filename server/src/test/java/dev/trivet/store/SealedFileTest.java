package dev.trivet.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.failing.EachFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedFileTest {
  @TempDir Path home;

  @Test
  void whateverFailsThereIsTheOldContentOrTheNewOne() throws IOException {
    int runs =
        new EachFailure(home)
            .of(
                (real, failing, _) -> {
                  at(real).write("old".getBytes(UTF_8));
                  boolean isDone = false;
                  try {
                    at(failing).write("the new content".getBytes(UTF_8));
                    isDone = true;
                  } catch (IOException _) {
                    // Nobody is told of the new one.
                  }

                  assertThat(read(real))
                      .isIn(isDone ? "the new content" : "old", "the new content");
                  // What a failure left behind is in nobody's way.
                  at(real).write("third".getBytes(UTF_8));
                  assertThat(read(real)).isEqualTo("third");
                });

    assertThat(runs).isPositive();
  }

  private static SealedFile at(Path folder) {
    return new SealedFile(folder.resolve("sealed"), 0x54, 1, "a file of a test");
  }

  private static String read(Path folder) throws IOException {
    return UTF_8.decode(at(folder).read()).toString();
  }
}
