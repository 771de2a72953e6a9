package dev.trivet.chaos.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every kind of fault, by name. */
public final class Faults {
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
   * Kinds that may be in force at the same time as any kind of {@link #beside}: they concern what
   * lies between nodes.
   */
  static List<FaultKind> between() {
    return NetworkFaults.kinds();
  }

  /** Kinds that may be in force at the same time as one of the network: they change no members. */
  static List<FaultKind> beside() {
    return Stream.of(ProcessFaults.kinds(), DiskFaults.kinds(), ResourceFaults.kinds())
        .flatMap(List::stream)
        .filter(kind -> kind.hold().toSeconds() < 30)
        .toList();
  }
}
