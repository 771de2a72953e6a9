package dev.trivet.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DescendantsTest {
  /** What a run starts, and what that starts in turn, which tells its number. */
  private static final String CHILD = "sleep 40 & echo $!; wait";

  /** The process that is told to end. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      Descendants.endWithThisProcess();
      System.exit(new ProcessBuilder("sh", "-c", CHILD).inheritIO().start().waitFor());
    }
  }

  @Test
  void whoIsToldToEndTakesAllThatItStartedAlong() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .start();
    try (BufferedReader said = parent.inputReader()) {
      ProcessHandle started =
          ProcessHandle.of(Long.parseLong(said.readLine().strip())).orElseThrow();
      assertThat(started.isAlive()).isTrue();

      parent.destroy();

      await().atMost(Duration.ofSeconds(20)).until(() -> !started.isAlive());
      assertThat(parent.waitFor()).isNotZero();
    } finally {
      parent.destroyForcibly();
    }
  }
}
