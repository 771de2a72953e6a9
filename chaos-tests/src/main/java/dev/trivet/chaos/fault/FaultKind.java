package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Capability;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * One kind of fault.
 *
 * @param name as the command line and the report have it
 * @param what it does, in a few words
 * @param needs what an environment must be able to do for it
 * @param hold how long it is left in force
 * @param isUsual whether it belongs to {@code all}; the others are run only when they are named,
 *     since they take very long or go beyond what is promised
 * @param action inflicts it
 */
public record FaultKind(
    String name,
    String what,
    Set<Capability> needs,
    Duration hold,
    boolean isUsual,
    Action action) {
  private static final Duration USUAL_HOLD = Duration.ofSeconds(4);

  /** Copies the needs. */
  public FaultKind {
    needs = Set.copyOf(needs);
  }

  /** Makes the fault happen. */
  @FunctionalInterface
  public interface Action {
    Inflicted inflict(Scene scene) throws IOException, InterruptedException;
  }

  /** Needs processes alone and lasts as long as most. */
  static FaultKind of(String name, String what, Action action) {
    return of(name, what, Set.of(Capability.PROCESSES), action);
  }

  static FaultKind of(String name, String what, Set<Capability> needs, Action action) {
    return new FaultKind(name, what, needs, USUAL_HOLD, true, action);
  }

  FaultKind lasting(Duration other) {
    return new FaultKind(name, what, needs, other, isUsual, action);
  }

  /** One that concerns what no other store has. */
  FaultKind ofTrivet() {
    Set<Capability> more = EnumSet.of(Capability.TRIVET);
    more.addAll(needs);
    return new FaultKind(name, what, more, hold, isUsual, action);
  }

  FaultKind onlyWhenNamed() {
    return new FaultKind(name, what, needs, hold, false, action);
  }
}
