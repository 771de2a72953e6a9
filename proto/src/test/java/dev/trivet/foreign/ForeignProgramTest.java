package dev.trivet.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

final class ForeignProgramTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aTestWhoseProgramIsNotInstalledIsSkippedAndSaysWhatToInstall() {
    assertThatThrownBy(() -> ForeignProgram.ETCDCTL.require(List.of(folder), false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("apt-get install etcd-client");
  }

  @Test
  void aWholeCheckFailsInsteadOfLeavingOut() {
    assertThatThrownBy(() -> ForeignProgram.ETCDCTL.require(List.of(folder), true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("apt-get install etcd-client");
  }

  @Test
  void anInstalledProgramIsFound() throws IOException {
    Path program = Files.createFile(folder.resolve("etcdctl"));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(ForeignProgram.ETCDCTL.require(List.of(folder), true)).isEqualTo(program);
  }
}
