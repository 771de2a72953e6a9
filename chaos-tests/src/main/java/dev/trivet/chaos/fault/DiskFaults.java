package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.Shim;
import dev.trivet.chaos.environment.Shim.Errno;
import dev.trivet.chaos.environment.Shim.Kind;
import dev.trivet.chaos.environment.Shim.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Disks that fail and disks that take their time, and clocks that jump, by {@link Shim}. */
final class DiskFaults {
  private static final Set<Capability> NEEDS = Set.of(Capability.PROCESSES, Capability.SHIM);
  private static final Duration SLOW = Duration.ofMillis(250);
  private static final Duration STALLED = Duration.ofSeconds(30);
  private static final long ONE_READ_IN = 20;

  /** From the start of a process until it has read what it needs. */
  private static final Duration A_START = Duration.ofSeconds(12);

  private static final Duration HOUR = Duration.ofHours(1);

  private DiskFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        trouble("sync-eio-leader", Scene::leader, fails(Errno.EIO, 1, Kind.SYNC)),
        trouble("sync-eio-follower", Scene::follower, fails(Errno.EIO, 1, Kind.SYNC)),
        trouble("write-eio-leader", Scene::leader, fails(Errno.EIO, 1, Kind.WRITE)),
        trouble("write-eio-sometimes", Scene::any, fails(Errno.EIO, 20, Kind.WRITE)),
        FaultKind.of(
                "read-eio",
                "every twentieth read of a node that starts fails with EIO",
                NEEDS,
                DiskFaults::failReads)
            .lasting(A_START),
        trouble("no-space", Scene::leader, fails(Errno.ENOSPC, 1, Kind.WRITE)),
        trouble("read-only", Scene::any, fails(Errno.EROFS, 1, Kind.WRITE, Kind.SYNC)),
        trouble("slow-sync-leader", Scene::leader, late(SLOW)),
        trouble("slow-sync-follower", Scene::follower, late(SLOW)),
        trouble("stalled-sync-leader", Scene::leader, late(STALLED))
            .lasting(Duration.ofSeconds(12)),
        trouble("stalled-sync-follower", Scene::follower, late(STALLED))
            .lasting(Duration.ofSeconds(12)),
        clock("clock-forward", HOUR),
        clock("clock-back", HOUR.negated()));
  }

  private static Trouble fails(Errno errno, long oneIn, Kind... kinds) {
    return new Trouble(Set.of(kinds), errno, oneIn, Duration.ZERO);
  }

  private static Trouble late(Duration delay) {
    return new Trouble(Set.of(Kind.SYNC), Errno.NONE, 1, delay);
  }

  private static FaultKind trouble(String name, Function<Scene, Node> victim, Trouble trouble) {
    String what =
        trouble.errno() == Errno.NONE
            ? "each sync takes " + trouble.delay().toMillis() + " ms more"
            : "%s for one in %d of: %s"
                .formatted(trouble.errno(), trouble.oneIn(), trouble.kinds());
    return FaultKind.of(
        name, what, NEEDS, scene -> inTrouble(victim.apply(scene).local(), trouble));
  }

  private static Inflicted inTrouble(LocalNode victim, Trouble trouble) throws IOException {
    victim.shim().trouble(trouble);
    return Inflicted.on(
        List.of(victim),
        () -> {
          Shim.Counted counted = victim.shim().counted();
          return new Evidence(
              counted.bitten() > 0,
              "%d of %d calls %s, node %s"
                  .formatted(
                      counted.bitten(),
                      counted.calls(),
                      trouble.errno() == Errno.NONE ? "late" : "got " + trouble.errno(),
                      victim.isRunning() ? "runs" : "ended"));
        },
        () -> victim.shim().heal());
  }

  /** What a running node reads it mostly has in memory: one that starts has nothing. */
  private static Inflicted failReads(Scene scene) throws IOException, InterruptedException {
    LocalNode victim = scene.any().local();
    victim.kill();
    Inflicted trouble = inTrouble(victim, fails(Errno.EIO, ONE_READ_IN, Kind.READ));
    victim.start();
    return trouble;
  }

  private static FaultKind clock(String name, Duration ahead) {
    return FaultKind.of(
        name,
        "the leader's wall clock jumps by " + ahead.toHours() + " h, and back",
        NEEDS,
        scene -> {
          LocalNode chosen = scene.leader().local();
          chosen.shim().setClock(ahead);
          long begin = chosen.logBytes();
          return Inflicted.on(
              List.of(chosen),
              () -> {
                Duration seen = chosen.shim().clockAhead(chosen.pid());
                return new Evidence(
                    !seen.isZero() && chosen.isRunning(),
                    "its clock is ahead by %d s%s"
                        .formatted(
                            seen.toSeconds(),
                            chosen.logBytes() > begin ? ", it says something" : ""));
              },
              () -> chosen.shim().setClock(Duration.ZERO));
        });
  }
}
