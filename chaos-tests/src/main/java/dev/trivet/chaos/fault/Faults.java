package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every kind of fault, by name. */
public final class Faults {
  private static final Duration LONGEST_BESIDE = Duration.ofSeconds(30);

  /** While these are in force no node sends a packet that a fault of the network could stop. */
  private static final Set<String> SILENCING = Set.of("kill-all", "power-all", "pause-all");

  private Faults() {}

  /** All of them, those included that are run only when they are named. */
  public static List<FaultKind> all() {
    return Stream.of(
            ProcessFaults.kinds(),
            NetworkFaults.kinds(),
            PowerFaults.kinds(),
            DiskFaults.kinds(),
            DamageFaults.kinds(),
            MemberFaults.kinds(),
            ResourceFaults.kinds())
        .flatMap(List::stream)
        .toList();
  }

  /** Those that {@code all} and {@code random} mean. */
  public static List<FaultKind> usual() {
    return all().stream().filter(FaultKind::isUsual).toList();
  }

  /**
   * Those of these names, in this order.
   *
   * @throws IllegalArgumentException with the names that there are
   */
  public static List<FaultKind> named(List<String> names) {
    List<FaultKind> found = new ArrayList<>();
    for (String name : names) {
      found.add(
          all().stream()
              .filter(kind -> kind.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no fault is called '%s', there are: %s"
                              .formatted(
                                  name,
                                  all().stream()
                                      .map(FaultKind::name)
                                      .collect(Collectors.joining(" "))))));
    }
    return found;
  }

  /**
   * Whether two may be in force at the same time: one concerns what lies between nodes, the other
   * one nodes that are all members before it and after it, and of which some go on. Two that damage
   * what nodes keep are never so: together they may take more than a majority can lose.
   */
  static boolean mayMeet(FaultKind one, FaultKind other) {
    return isBetween(one) ? isBeside(other) : isBetween(other) && isBeside(one);
  }

  /** Whether it concerns the network alone, and no node is started for it. */
  static boolean isBetween(FaultKind kind) {
    return isAmong(NetworkFaults.kinds(), kind) && !kind.needs().contains(Capability.ADDRESSES);
  }

  private static boolean isBeside(FaultKind kind) {
    return kind.hold().compareTo(LONGEST_BESIDE) < 0
        && !SILENCING.contains(kind.name())
        && !kind.needs().contains(Capability.PARTITIONS)
        && !isAmong(NetworkFaults.kinds(), kind)
        && !isAmong(MemberFaults.kinds(), kind);
  }

  private static boolean isAmong(List<FaultKind> kinds, FaultKind wanted) {
    return kinds.stream().anyMatch(kind -> kind.name().equals(wanted.name()));
  }
}
