package dev.trivet.launch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings the classes of libraries to a format with stack maps (that of Java 7). A cache of linked
 * classes ({@link Rehearsal}) cannot hold older ones: each start loads and verifies them anew, by
 * the old and slow verifier. What they do stays the same.
 *
 * <p>{@code CurrentClasses JAR...}; a jar without such classes is left alone.
 *
 * <p>Source: Java Virtual Machine Specification 25, sections 4.1 and 4.10.
 */
public final class CurrentClasses {
  /** The first format that is verified by stack maps alone. */
  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final ClassFile format =
      ClassFile.of(
          ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(this::ofThisJar)
                  .orElse(ClassHierarchyResolver.defaultResolver())));

  private CurrentClasses(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory()) {
          try (InputStream bytes = zip.getInputStream(entry)) {
            entries.put(entry.getName(), bytes.readAllBytes());
          }
        }
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    for (String jar : arguments) {
      rewrite(Path.of(jar));
    }
  }

  /**
   * Replaces a jar whose classes are too old, in one step.
   *
   * @return how many classes were
   * @throws IOException when the jar cannot be read or written
   */
  static int rewrite(Path jar) throws IOException {
    CurrentClasses classes = new CurrentClasses(jar);
    int count = classes.update();
    if (count > 0) {
      Path next = Path.of(jar + ".next");
      try {
        try (OutputStream file = Files.newOutputStream(next)) {
          classes.writeTo(file);
        }
        Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(next);
      }
    }
    return count;
  }

  private int update() {
    int count = 0;
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      if (entry.getKey().endsWith(".class")) {
        ClassModel model = format.parse(entry.getValue());
        if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
          entry.setValue(updated(model));
          count++;
        }
      }
    }
    return count;
  }

  private byte[] updated(ClassModel model) {
    return format.transformClass(
        model,
        ClassTransform.dropping(element -> element instanceof ClassFileVersion)
            .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL))
            .andThen(
                ClassTransform.endHandler(
                    builder -> builder.withVersion(FIRST_WITH_STACK_MAPS, 0))));
  }

  private void writeTo(OutputStream file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  private @Nullable InputStream ofThisJar(ClassDesc type) {
    String descriptor = type.descriptorString();
    byte[] bytes = entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }
}
