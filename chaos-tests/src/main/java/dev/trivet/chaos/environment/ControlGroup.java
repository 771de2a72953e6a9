package dev.trivet.chaos.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A group of one process whose processor time or memory is limited: of version 1, or of version 2
 * where its controllers may be used.
 */
public final class ControlGroup {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String THROTTLED = "nr_throttled ";
  private static final long PERIOD_MICROS = 100_000;

  private final Path group;
  private final Resource resource;

  private ControlGroup(Path group, Resource resource) {
    this.group = group;
    this.resource = resource;
  }

  /** What is limited. */
  public enum Resource {
    CPU("cpu.cfs_quota_us", "cpu.stat"),
    MEMORY("memory.limit_in_bytes", "memory.failcnt");

    private final String limit;
    private final String witness;

    Resource(String limit, String witness) {
      this.limit = limit;
      this.witness = witness;
    }

    private Path parent() {
      return ROOT.resolve(name().toLowerCase(Locale.ROOT));
    }
  }

  /** Why there can be none; empty if there can. */
  static String obstacle() {
    for (Resource resource : Resource.values()) {
      if (!Files.isWritable(resource.parent().resolve("cgroup.procs"))
          || !Files.exists(resource.parent())) {
        return resource.parent() + " is not a control group (version 1) that may be written";
      }
    }
    return "";
  }

  /**
   * Puts a process into a group of its own.
   *
   * @param limit of memory in bytes, of the processor in thousandths of one
   */
  public static ControlGroup around(LocalNode node, Resource resource, long limit)
      throws IOException {
    Path group = resource.parent().resolve("trivet-chaos-" + node.name());
    Files.createDirectories(group);
    String value =
        Long.toString(
            switch (resource) {
              case CPU -> PERIOD_MICROS * limit / 1_000;
              case MEMORY -> limit;
            });
    Files.writeString(group.resolve(resource.limit), value);
    Files.writeString(group.resolve("cgroup.procs"), Long.toString(node.pid()));
    return new ControlGroup(group, resource);
  }

  /** How often the limit was met. */
  public long met() throws IOException {
    List<String> lines = Files.readAllLines(group.resolve(resource.witness));
    return switch (resource) {
      case CPU ->
          lines.stream()
              .filter(line -> line.startsWith(THROTTLED))
              .mapToLong(line -> Long.parseLong(line.substring(THROTTLED.length())))
              .sum();
      case MEMORY -> Long.parseLong(lines.getFirst());
    };
  }

  /** Lets everybody out and removes the group. */
  public void remove() throws IOException {
    for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
      Files.writeString(resource.parent().resolve("cgroup.procs"), pid);
    }
    Files.deleteIfExists(group);
  }
}
