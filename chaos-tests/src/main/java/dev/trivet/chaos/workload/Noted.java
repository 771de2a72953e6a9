package dev.trivet.chaos.workload;

import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.history.Operation;
import java.util.List;

/**
 * A workload whose crew notes each call.
 *
 * @param <C> what can be asked
 * @param <R> what is answered
 */
abstract class Noted<C, R> implements HistoryWorkload {
  final List<String> endpoints;
  final long seed;
  final Calls<C, R> calls = new Calls<>();
  final Crew crew = new Crew();

  private final String name;
  private final Floor floor;

  /**
   * What it takes for a run to say anything.
   *
   * @param answered calls, and their share of all
   */
  record Floor(long answered, double share) {}

  Noted(String name, List<String> endpoints, long seed, Floor floor) {
    this.name = name;
    this.endpoints = List.copyOf(endpoints);
    this.seed = seed;
    this.floor = floor;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public void stop() throws InterruptedException {
    crew.stop();
  }

  @Override
  public final List<Operation<C, R>> operations() {
    return calls.operations();
  }

  @Override
  public final Vacuity.Effort effort() {
    return calls.effort(name, floor.answered(), floor.share());
  }

  @Override
  public void close() {
    crew.close();
  }
}
