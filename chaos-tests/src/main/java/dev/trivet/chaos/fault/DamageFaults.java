package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.proto.etcd.StatusResponse;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Disks that give back other bytes than were written, while the node is down. The node must notice,
 * and refuse or heal; the others serve.
 */
final class DamageFaults {
  /** So many entries behind is an old copy. */
  private static final long OLD_ENTRIES = 100;

  private static final String LOG = "raft/*/current/log_*";
  private static final String OPEN_LOG = "raft/*/current/log_inprogress_*";
  private static final Duration COME_BACK = Duration.ofSeconds(25);
  private static final Pattern COMPLAINT =
      Pattern.compile("(?i)corrupt|damaged|checksum|half written|DATA_");

  private DamageFaults() {}

  static List<FaultKind> kinds() {
    return Stream.of(
            flip("flip-log", LOG, true),
            flip("flip-vote", "raft/*/current/raft-meta", true),
            flip("flip-table", "store/**.sst", true),
            flip("flip-extent", "extents/**", false),
            flip("flip-snapshot", "raft/*/sm/checkpoint*/**", true),
            flip("flip-identity", "identity", true),
            FaultKind.of(
                "torn-tail", "the log ends in an entry that is half written", DamageFaults::tear),
            FaultKind.of(
                    "old-copy",
                    "a node's folder is replaced by a copy of before, and another node is down",
                    DamageFaults::restoreOld)
                .lasting(Duration.ofSeconds(6))
                .onlyWhenNamed())
        .map(FaultKind::ofTrivet)
        .toList();
  }

  /**
   * @param isReplaced whether the node is admitted anew afterwards, with an empty folder: what it
   *     did not notice would otherwise lie in wait for the faults that follow
   */
  private static FaultKind flip(String name, String files, boolean isReplaced) {
    return FaultKind.of(
        name,
        "one bit of " + files + " is another",
        scene -> {
          LocalNode victim = scene.any().local();
          if (!isThere(victim.folder(), files)) {
            // A node makes its first snapshot after some thousand entries.
            Burst.until(scene, victim, () -> isThere(victim.folder(), files));
          }
          victim.kill();
          Optional<Path> file = chosen(scene, victim, files);
          if (file.isEmpty()) {
            return Inflicted.on(
                List.of(victim),
                () -> new Evidence(false, "there is no file " + files + " yet"),
                victim::start);
          }
          Damage.Flipped flipped = Damage.flip(file.get(), scene.random());
          long begin = victim.logBytes();
          victim.start();
          boolean isBack = comesBack(victim);
          return Inflicted.on(
              List.of(victim),
              () ->
                  new Evidence(
                      flipped.isOnDisk(),
                      "%s byte %d: %02x -> %02x; node %s; %s"
                          .formatted(
                              victim.folder().relativize(file.get()),
                              flipped.at(),
                              flipped.before(),
                              flipped.after(),
                              isBack ? "serves" : victim.isRunning() ? "does not serve" : "refuses",
                              Traces.first(victim, begin, COMPLAINT))),
              () -> {
                if (isReplaced) {
                  Members.admitAnew(scene, victim);
                }
              });
        });
  }

  /** Waits until it serves or has ended. */
  private static boolean comesBack(LocalNode node) throws InterruptedException {
    var _ = Waiting.comes(COME_BACK, () -> node.isReady() || !node.isRunning());
    return node.isReady();
  }

  /** Of a node that works, and so may remove what is looked at. */
  private static boolean isThere(Path folder, String files) {
    try {
      return !matching(folder, files).isEmpty();
    } catch (IOException | UncheckedIOException _) {
      return false;
    }
  }

  private static Optional<Path> chosen(Scene scene, LocalNode node, String files)
      throws IOException {
    List<Path> found = matching(node.folder(), files);
    return found.isEmpty() ? Optional.empty() : Optional.of(scene.pick(found));
  }

  private static List<Path> matching(Path folder, String files) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + files);
    try (var all = Files.walk(folder)) {
      List<Path> found = new ArrayList<>();
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        if (matcher.matches(folder.relativize(file)) && Files.size(file) > 0) {
          found.add(file);
        }
      }
      return found;
    }
  }

  private static Inflicted tear(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.any().local();
    victim.kill();
    List<Path> open = matching(victim.folder(), OPEN_LOG);
    long begin = victim.logBytes();
    long at = open.isEmpty() ? -1 : Damage.appendTorn(open.getLast(), scene.random());
    victim.start();
    boolean isBack = comesBack(victim);
    return Inflicted.on(
        List.of(victim),
        () -> {
          String said = Traces.first(victim, begin, COMPLAINT);
          return new Evidence(
              at >= 0 && !said.isEmpty(),
              "torn entry at byte %d; node %s; %s"
                  .formatted(at, isBack ? "serves" : "does not serve", said));
        },
        () -> {});
  }

  /** Goes beyond what a majority's disks may do: said, and not among the usual kinds. */
  private static Inflicted restoreOld(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.follower().local();
    LocalNode other = scene.others(victim).getFirst().local();
    Path copy = victim.folder().resolveSibling(victim.name() + ".copy");
    victim.kill();
    Damage.copy(victim.folder(), copy);
    victim.start();
    var _ = comesBack(victim);
    long copied = applied(victim);
    // Old is a copy only when the cluster has gone on.
    var _ = Waiting.comes(COME_BACK, () -> applied(victim) > copied + OLD_ENTRIES);
    victim.kill();
    other.kill();
    victim.wipe();
    Damage.copy(copy, victim.folder());
    Folders.deleteTree(copy);
    victim.start();
    boolean isBack = comesBack(victim);
    return Inflicted.on(
        List.of(victim, other),
        () ->
            new Evidence(true, "old copy in place; node " + (isBack ? "serves" : "does not serve")),
        other::start);
  }

  /** The last entry that a node says it has applied; 0 when it does not answer. */
  private static long applied(LocalNode node) {
    return Scene.status(node).map(StatusResponse::getRaftAppliedIndex).orElse(0L);
  }
}
