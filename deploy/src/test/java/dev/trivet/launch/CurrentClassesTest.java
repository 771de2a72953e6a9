package dev.trivet.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** On the library of the command line, which is older than stack maps. */
final class CurrentClassesTest {
  private static final String NAME = "picocli.CommandLine";

  @TempDir private Path folder;

  @Test
  void everyClassOfTheJarIsOfANewFormatAndTheVirtualMachineVerifiesIt() throws Exception {
    Path jar = copy();

    int count = CurrentClasses.rewrite(jar);

    assertThat(count).isGreaterThan(100);
    try (ZipFile zip = new ZipFile(jar.toFile());
        URLClassLoader loader =
            new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader()) {
              @Override
              protected Class<?> loadClass(String name, boolean resolve)
                  throws ClassNotFoundException {
                return name.startsWith("picocli.") ? findOwn(name) : super.loadClass(name, resolve);
              }

              private Class<?> findOwn(String name) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                  Class<?> known = findLoadedClass(name);
                  return known == null ? findClass(name) : known;
                }
              }
            }) {
      for (ZipEntry entry : List.copyOf(zip.stream().toList())) {
        if (entry.getName().startsWith("picocli/") && entry.getName().endsWith(".class")) {
          byte[] bytes = zip.getInputStream(entry).readAllBytes();
          assertThat(ClassFile.of().parse(bytes).majorVersion())
              .as(entry.getName())
              .isGreaterThanOrEqualTo(ClassFile.JAVA_7_VERSION);
          String name = entry.getName().replace('/', '.').replaceFirst("\\.class$", "");
          // Links it, and so verifies it.
          var _ = Class.forName(name, true, loader);
        }
      }
      assertThat(Class.forName(NAME, true, loader).getClassLoader()).isSameAs(loader);
    }
  }

  @Test
  void aJarThatIsNewEnoughIsLeftAlone() throws Exception {
    Path jar = copy();
    var _ = CurrentClasses.rewrite(jar);
    byte[] once = Files.readAllBytes(jar);

    assertThat(CurrentClasses.rewrite(jar)).isZero();
    assertThat(Files.readAllBytes(jar)).isEqualTo(once);
  }

  private Path copy() throws Exception {
    return Files.copy(library(), folder.resolve("library.jar"));
  }

  private static Path library() throws URISyntaxException {
    return Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
