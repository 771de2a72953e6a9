package dev.trivet.chaos.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
   */
  public Schedule(List<FaultKind> kinds, Order order, long seed) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("no kinds of faults are left to be inflicted");
    }
    this.kinds = List.copyOf(kinds);
    this.order = order;
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
      return List.of(ahead.removeFirst());
    }
    if (random.nextInt(ONE_PAIR_IN) == 0) {
      List<FaultKind> between = among(Faults.between());
      List<FaultKind> beside = among(Faults.beside());
      if (!between.isEmpty() && !beside.isEmpty()) {
        return List.of(pick(between), pick(beside));
      }
    }
    return List.of(pick(kinds));
  }

  private List<FaultKind> among(List<FaultKind> wanted) {
    List<String> names = wanted.stream().map(FaultKind::name).toList();
    return kinds.stream().filter(kind -> names.contains(kind.name())).toList();
  }

  private FaultKind pick(List<FaultKind> among) {
    return among.get(random.nextInt(among.size()));
  }
}
