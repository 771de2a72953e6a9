package dev.trivet.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
  @TempDir private Path lib;

  @Test
  void itIsFoundBesideTheJarOnTheClassPath() throws Exception {
    Path folder = Files.createDirectory(lib.resolve("native"));

    assertThat(NativeLibrary.unpacked(classPath("a.jar", "rocksdbjni-10.0.jar", "z.jar")))
        .isEqualTo(folder);
    assertThat(NativeLibrary.unpacked(classPath("a.jar"))).isNull();
    assertThat(NativeLibrary.unpacked("")).isNull();
  }

  @Test
  void whereNothingIsUnpackedThereIsNone() {
    assertThat(NativeLibrary.unpacked(classPath("rocksdbjni-10.0.jar"))).isNull();
  }

  private String classPath(String... jars) {
    StringBuilder path = new StringBuilder();
    for (String jar : jars) {
      path.append(path.isEmpty() ? "" : File.pathSeparator).append(lib.resolve(jar));
    }
    return path.toString();
  }
}
