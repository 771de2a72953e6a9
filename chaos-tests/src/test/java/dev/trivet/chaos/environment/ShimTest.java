package dev.trivet.chaos.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.trivet.chaos.environment.Shim.Counted;
import dev.trivet.chaos.environment.Shim.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell stands for a node: each call of its programs is known. */
class ShimTest {
  @TempDir Path home;
  private Path folder;
  private Shim shim;

  @BeforeEach
  void compile() throws IOException {
    assumeThat(Programs.missing("gcc")).isEmpty();
    folder = Files.createDirectory(home.resolve("n1"));
    shim = Shim.of(Shim.compile(home), folder);
  }

  @Test
  void theCallOfThatNumberFailsAndNoOther() throws IOException {
    shim.failOne(Kind.OPEN, 2);

    run("for name in a b c; do echo > $PWD/$name; done");

    assertThat(folder.resolve("a")).exists();
    assertThat(folder.resolve("b")).doesNotExist();
    assertThat(folder.resolve("c")).exists();
    assertThat(shim.counted()).isEqualTo(new Counted(3, 1));
  }

  @Test
  void whatIsNotReachedIsSeen() throws IOException {
    shim.failOne(Kind.WRITE, 2);

    run("echo one > $PWD/a");

    assertThat(folder.resolve("a")).hasContent("one");
    assertThat(shim.counted()).isEqualTo(new Counted(1, 0));
  }

  @Test
  void renamesLinksAndFoldersAreOneKindAndUnlinksAnother() throws IOException {
    Files.writeString(folder.resolve("a"), "a");

    shim.failOne(Kind.RENAME, 1);
    run("mv $PWD/a $PWD/b; ln $PWD/a $PWD/c; mkdir $PWD/d");
    Counted names = shim.counted();
    shim.failOne(Kind.UNLINK, 1);
    run("rm -f $PWD/a; rm -f $PWD/c");

    assertThat(names.bitten()).isEqualTo(1);
    assertThat(names.calls()).isGreaterThanOrEqualTo(3);
    assertThat(folder.resolve("b")).doesNotExist();
    assertThat(folder.resolve("a")).exists();
    assertThat(folder.resolve("c")).doesNotExist();
  }

  @Test
  void filesElsewhereAreLeftAlone() throws IOException {
    shim.failOne(Kind.OPEN, 1);

    run("echo > " + home.resolve("elsewhere"));

    assertThat(home.resolve("elsewhere")).exists();
    assertThat(shim.counted().bitten()).isZero();
  }

  private void run(String script) throws IOException {
    List<String> command = new ArrayList<>(shim.prefix());
    command.addAll(List.of("sh", "-c", "cd " + folder + "; " + script));
    var _ = Programs.attempt(command.toArray(String[]::new));
  }
}
