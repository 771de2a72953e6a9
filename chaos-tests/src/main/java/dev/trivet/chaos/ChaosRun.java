package dev.trivet.chaos;

import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.LogLines;
import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.fault.Evidence;
import dev.trivet.chaos.fault.FaultKind;
import dev.trivet.chaos.fault.Inflicted;
import dev.trivet.chaos.fault.Scene;
import dev.trivet.chaos.fault.Schedule;
import dev.trivet.chaos.workload.HistoryWorkload;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One run: clients work from start to end, faults come in turn, then all is judged. */
final class ChaosRun {
  private static final Duration FIRST_READY = Duration.ofMinutes(2);
  private static final long LAST_QUIET_MILLIS = 2_000;

  private final Environment environment;
  private final List<HistoryWorkload> workloads;
  private final Schedule schedule;
  private final Limits limits;
  private final Recovery recovery;
  private final List<ChaosReport.Step> steps = new ArrayList<>();

  /**
   * How long things take, and what is judged.
   *
   * @param faults no fault begins later, once there were the least of them
   * @param leastFaults so many are inflicted however long it takes
   * @param recovery after a fault all nodes serve within this time
   * @param areLogsJudged whether a complaint of a node that is not known to be harmless is a
   *     finding
   */
  record Limits(Duration faults, int leastFaults, Duration recovery, boolean areLogsJudged) {}

  ChaosRun(
      Environment environment, List<HistoryWorkload> workloads, Schedule schedule, Limits limits) {
    this.environment = environment;
    this.workloads = List.copyOf(workloads);
    this.schedule = schedule;
    this.limits = limits;
    this.recovery = new Recovery(environment);
  }

  ChaosReport run(long seed, List<ChaosReport.LeftOut> leftOut)
      throws IOException, InterruptedException {
    environment.startAll();
    String notReady = recovery.await(FIRST_READY).failure();
    if (!notReady.isEmpty()) {
      throw new IllegalStateException("the nodes do not serve: " + notReady);
    }
    Instant began = Instant.now();
    long beginNanos = System.nanoTime();
    for (HistoryWorkload workload : workloads) {
      workload.start();
    }
    inflictAll();
    Thread.sleep(LAST_QUIET_MILLIS);
    for (HistoryWorkload workload : workloads) {
      workload.stop();
    }
    List<ChaosReport.Work> works = new ArrayList<>();
    for (HistoryWorkload workload : workloads) {
      works.add(new ChaosReport.Work(workload.effort(), workload.operations()));
    }
    List<Judgement> judgements = judge(works);
    return new ChaosReport(
        seed,
        environment.name(),
        environment.nodes().stream().map(Node::name).toList(),
        steps,
        leftOut,
        works,
        judgements,
        new ChaosReport.Span(began, beginNanos, Duration.ofNanos(System.nanoTime() - beginNanos)));
  }

  private void inflictAll() throws IOException, InterruptedException {
    long end = System.nanoTime() + limits.faults().toNanos();
    boolean isServing = true;
    while (isServing && (System.nanoTime() < end || inflictedSoFar() < limits.leastFaults())) {
      Schedule.Step next = schedule.next();
      Thread.sleep(next.quiet());
      ChaosReport.Step step = inflict(next);
      steps.add(step);
      System.err.println(step);
      isServing = step.recoveryMillis() < limits.recovery().toMillis();
    }
  }

  private int inflictedSoFar() {
    return steps.stream().mapToInt(step -> step.faults().size()).sum();
  }

  private ChaosReport.Step inflict(Schedule.Step step) throws IOException, InterruptedException {
    Scene scene = new Scene(environment, step.seed());
    List<Inflicted> inflicted = new ArrayList<>();
    List<Evidence> seen = new ArrayList<>();
    String failure = "";
    List<String> bitten = new ArrayList<>();
    long begin = System.nanoTime();
    long hold = step.kinds().stream().mapToLong(kind -> kind.hold().toMillis()).max().orElse(0);
    try {
      for (FaultKind kind : step.kinds()) {
        inflicted.add(kind.action().inflict(scene));
      }
      Thread.sleep(hold);
      for (Inflicted one : inflicted) {
        seen.add(one.witness().look());
      }
    } catch (IOException | IllegalStateException | TrivetException e) {
      failure = "it could not be inflicted: " + e;
    }
    // Each is taken back, whatever became of the others.
    for (Inflicted one : inflicted.reversed()) {
      try {
        one.undo().undo();
      } catch (IOException | IllegalStateException | TrivetException e) {
        failure = "it could not be undone: " + e;
      }
    }
    long end = System.nanoTime();
    Recovery.Recovered recovered = recovery.await(limits.recovery());
    if (failure.isEmpty()) {
      failure = recovered.failure();
    }
    if (failure.isEmpty()) {
      for (int i = 0; i < seen.size(); i++) {
        seen.set(i, seen.get(i).and(inflicted.get(i).aftermath().look()));
      }
    }
    inflicted.forEach(one -> bitten.addAll(one.victims()));
    return new ChaosReport.Step(
        step.number(),
        step.kinds().stream().map(FaultKind::name).toList(),
        bitten,
        Evidence.ofAll(seen),
        begin,
        end,
        recovered.millis(),
        recovered.restarts(),
        failure);
  }

  private List<Judgement> judge(List<ChaosReport.Work> works)
      throws IOException, InterruptedException {
    List<Judgement> judgements = new ArrayList<>();
    for (HistoryWorkload workload : workloads) {
      judgements.addAll(workload.judge());
    }
    List<Vacuity.Bite> bites =
        steps.stream()
            .map(
                step ->
                    new Vacuity.Bite(
                        step.name(),
                        step.evidence().hasBitten() ? List.of(step.evidence().what()) : List.of()))
            .toList();
    judgements.add(new ReplicaHashes(environment).judge());
    judgements.add(Vacuity.check(works.stream().map(ChaosReport.Work::effort).toList(), bites));
    if (limits.areLogsJudged() && !environment.lacking().containsKey(Capability.PROCESSES)) {
      judgements.add(LogLines.check(saidByNodes(), inflicted()));
    }
    return judgements;
  }

  private List<LogLines.Line> saidByNodes() throws IOException {
    List<LogLines.Line> lines = new ArrayList<>();
    for (Node node : environment.nodes()) {
      node.local().said(0).forEach(line -> lines.add(new LogLines.Line(node.name(), line)));
    }
    return lines;
  }

  private List<String> inflicted() {
    return steps.stream().flatMap(step -> step.faults().stream()).distinct().toList();
  }
}
