package dev.trivet.chaos.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Which faults come when: the same seed and kinds give the same steps, whatever the cluster does.
 * One thread.
 */
public final class Schedule {
  private static final long LEAST_QUIET_MILLIS = 1_500;
  private static final long MORE_QUIET_MILLIS = 2_500;
  private static final int ONE_PAIR_IN = 4;

  private final List<FaultKind> kinds;
  private final Order order;
  private final boolean isPaired;
  private final Random random;
  private final List<FaultKind> ahead = new ArrayList<>();
  private int number;

  /** How the next kind is found. */
  public enum Order {
    /** Each in turn as they were named. */
    AS_NAMED,
    /** Each once, shuffled, then all again. */
    SHUFFLED,
    /** Any, and sometimes two at once. */
    RANDOM
  }

  /**
   * One step.
   *
   * @param number from 1
   * @param kinds one, or two that are in force together
   * @param quiet before it
   * @param seed for the choice of victims
   */
  public record Step(int number, List<FaultKind> kinds, Duration quiet, long seed) {
    /** Copies the kinds. */
    public Step {
      kinds = List.copyOf(kinds);
    }
  }

  /**
   * Begins a schedule.
   *
   * @param kinds at least one
   * @param isPaired whether two come at once wherever they may meet ({@link Faults#mayMeet})
   */
  public Schedule(List<FaultKind> kinds, Order order, boolean isPaired, long seed) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("no kinds of faults are left to be inflicted");
    }
    this.kinds = List.copyOf(kinds);
    this.order = order;
    this.isPaired = isPaired;
    this.random = new Random(seed);
  }

  /** The next step; there is always one. */
  public Step next() {
    number++;
    Duration quiet = Duration.ofMillis(LEAST_QUIET_MILLIS + random.nextLong(MORE_QUIET_MILLIS));
    return new Step(number, kindsOfNext(), quiet, random.nextLong());
  }

  private List<FaultKind> kindsOfNext() {
    if (order != Order.RANDOM) {
      if (ahead.isEmpty()) {
        ahead.addAll(kinds);
        if (order == Order.SHUFFLED) {
          Collections.shuffle(ahead, random);
        }
      }
      FaultKind first = ahead.removeFirst();
      return isPaired ? paired(first, firstOf(ahead, first)) : List.of(first);
    }
    FaultKind first = pick(kinds);
    if (!isPaired && random.nextInt(ONE_PAIR_IN) != 0) {
      return List.of(first);
    }
    List<FaultKind> partners = kinds.stream().filter(kind -> Faults.mayMeet(first, kind)).toList();
    return paired(first, partners.isEmpty() ? Optional.empty() : Optional.of(pick(partners)));
  }

  /** The first that may meet it, taken out of those that are still to come. */
  private static Optional<FaultKind> firstOf(List<FaultKind> ahead, FaultKind first) {
    Optional<FaultKind> partner =
        ahead.stream().filter(kind -> Faults.mayMeet(first, kind)).findFirst();
    partner.ifPresent(ahead::remove);
    return partner;
  }

  /** The one of the network comes last, and so is undone first: nodes come back to a whole one. */
  private static List<FaultKind> paired(FaultKind first, Optional<FaultKind> partner) {
    return partner
        .map(other -> Faults.isBetween(first) ? List.of(other, first) : List.of(first, other))
        .orElseGet(() -> List.of(first));
  }

  private FaultKind pick(List<FaultKind> among) {
    return among.get(random.nextInt(among.size()));
  }
}
