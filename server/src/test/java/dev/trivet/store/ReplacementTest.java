package dev.trivet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.failing.EachFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplacementTest {
  private static final Map<String, String> OLD =
      Map.of("CURRENT", "old", "000001.sst", "old table", "MANIFEST-000002", "old list");
  private static final Map<String, String> NEW =
      Map.of("CURRENT", "new", "000007.sst", "new table", "000008.blob", "values");

  @TempDir Path home;

  @Test
  void whateverFailsThereIsTheOldStoreOrTheNewOne() throws IOException {
    int runs =
        new EachFailure(home)
            .of(
                (real, failing, _) -> {
                  write(real.resolve("store"), OLD);
                  write(real.resolve("received"), NEW);
                  boolean isDone = isDone(() -> with(failing));

                  // What a restart does.
                  new Replacement(real.resolve("store")).settle();

                  assertThat(read(real.resolve("store"))).isIn(isDone ? NEW : OLD, NEW);
                  assertThat(read(real.resolve("received"))).isEqualTo(NEW);
                });

    assertThat(runs).isGreaterThan(10);
  }

  @Test
  void aRestartThatFailsTakesNothingAway() throws IOException {
    // The first failure leaves each of the states that there can be; the second is the restart's.
    AtomicInteger runs = new AtomicInteger();
    var _ =
        new EachFailure(Files.createDirectory(home.resolve("first")))
            .of(
                (first, failing, _) -> {
                  write(first.resolve("store"), OLD);
                  write(first.resolve("received"), NEW);
                  boolean isDone = isDone(() -> with(failing));
                  Path second = home.resolve("second-" + first.getFileName());
                  int more =
                      new EachFailure(Files.createDirectory(second))
                          .of(
                              (real, failingAgain, _) -> {
                                Folders.linkTree(first, real);
                                var _ =
                                    isDone(
                                        () ->
                                            new Replacement(failingAgain.resolve("store"))
                                                .settle());

                                new Replacement(real.resolve("store")).settle();

                                assertThat(read(real.resolve("store")))
                                    .isIn(isDone ? NEW : OLD, NEW);
                              });
                  runs.addAndGet(more);
                });

    assertThat(runs).hasPositiveValue();
  }

  private static void with(Path failing) throws IOException {
    new Replacement(failing.resolve("store")).with(failing.resolve("received"));
  }

  private interface Work {
    void run() throws IOException;
  }

  private static boolean isDone(Work work) {
    try {
      work.run();
      return true;
    } catch (IOException | java.io.UncheckedIOException _) {
      return false;
    }
  }

  private static void write(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    for (var file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static Map<String, String> read(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (var listed = Files.list(folder)) {
      for (Path file : listed.toList()) {
        files.put(String.valueOf(file.getFileName()), Files.readString(file));
      }
    }
    return files;
  }
}
