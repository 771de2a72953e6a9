package dev.trivet.chaos;

import dev.trivet.chaos.check.Finding;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Outcome;
import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.workload.HistoryWorkload;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** A {@link Workload} among those that note histories. It connects when the run begins. */
final class LedgerWorkload implements HistoryWorkload {
  private static final String PROMISE = "what was acknowledged stays";
  private static final long LEAST_ANSWERED = 10;
  private static final double LEAST_SHARE = 0.2;

  private final String name;
  private final Opening opening;
  private Supplier<Workload> workload =
      () -> {
        throw new IllegalStateException("not started");
      };
  private boolean isStarted;

  /** Makes it when the cluster serves. */
  @FunctionalInterface
  interface Opening {
    Workload open() throws IOException, InterruptedException;
  }

  LedgerWorkload(String name, Opening opening) {
    this.name = name;
    this.opening = opening;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    Workload opened = opening.open();
    workload = () -> opened;
    isStarted = true;
    opened.start();
  }

  @Override
  public void stop() throws InterruptedException {
    workload.get().stop();
  }

  @Override
  public Vacuity.Effort effort() {
    Ledger ledger = workload.get().ledger();
    return new Vacuity.Effort(
        name, ledger.count(), 0, ledger.unknownCount(), LEAST_ANSWERED, LEAST_SHARE);
  }

  @Override
  public List<Judgement> judge() {
    List<Finding> findings =
        workload.get().check().stream().map(line -> new Finding(PROMISE, line, List.of())).toList();
    return List.of(
        new Judgement(
            name,
            findings.isEmpty() ? Outcome.KEPT : Outcome.BROKEN,
            findings,
            workload.get().ledger().count() + " acknowledged"));
  }

  @Override
  public void close() throws IOException {
    if (isStarted) {
      workload.get().close();
    }
  }
}
