package dev.trivet.chaos.report;

import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Linearizability;
import dev.trivet.chaos.check.Outcome;
import dev.trivet.chaos.check.RegisterModel;
import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.register.RegisterAnswer;
import dev.trivet.chaos.history.register.RegisterCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A run that never was: a minute with two faults. */
final class MadeUpRun {
  private MadeUpRun() {}

  static Run broken() {
    return run(
        List.of(
            staleRead(),
            new Judgement("bank", Outcome.KEPT, List.of(), "120 reads"),
            new Judgement("watches", Outcome.UNDECIDED, List.of(), "too hard")));
  }

  static Run kept() {
    return run(List.of(new Judgement("bank", Outcome.KEPT, List.of(), "120 reads")));
  }

  static Run run(List<Judgement> judgements) {
    return new Run(
        "partition <leader>",
        4_242,
        "chaos-tests/run partition --seed 4242 'a & b'",
        Instant.parse("2026-01-01T12:00:00Z"),
        Duration.ofSeconds(60),
        List.of("2 processors, 8 GiB", "control characters \u0001 are shown as ?"),
        List.of(
            new Run.Inflicted(
                "partition", 10, 22.5, List.of("n1"), List.of("n1: 812 packets dropped"), 1.4),
            new Run.Inflicted("pause", 40, Run.NEVER, List.of("n2", "n3"), List.of(), Run.NEVER)),
        List.of(new Run.Load("keys", 29_000, 12, 7, seconds(), List.of(new Run.Gap(10.1, 12.3)))),
        judgements,
        List.of("disks that lie"));
  }

  private static Judgement staleRead() {
    List<Operation<RegisterCall, RegisterAnswer>> history = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      history.add(
          new Operation<>(
              i % 3,
              "n1",
              new RegisterCall.Put("k", "v" + i),
              i * 1_000_000L,
              i * 1_000_000L + 1_400_000,
              new Result.Answered<>(new RegisterAnswer.Done(i + 2))));
    }
    history.add(
        new Operation<>(
            4,
            "n2",
            new RegisterCall.CompareAndSet("k", "v2", "<w>"),
            2_500_000,
            4_000_000,
            new Result.Unknown<>("time-out")));
    history.add(
        new Operation<>(
            5,
            "n3",
            new RegisterCall.Get("k"),
            5_000_000,
            5_600_000,
            new Result.Answered<>(new RegisterAnswer.Value("v0", 2, 5))));
    return Linearizability.check(new RegisterModel(), history);
  }

  private static List<Run.Second> seconds() {
    Random random = new Random(1);
    List<Run.Second> seconds = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      boolean isSilent = second == 11 || second > 55;
      long answered = isSilent ? 0 : 450 + random.nextInt(100);
      double median = isSilent ? 0 : 1 + random.nextDouble();
      seconds.add(
          new Run.Second(second, answered, median, median * 4, second == 12 ? 2_200 : median * 12));
    }
    return seconds;
  }
}
