package dev.trivet.chaos;

import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.fault.FaultKind;
import dev.trivet.chaos.fault.Faults;
import dev.trivet.chaos.fault.Schedule;
import dev.trivet.chaos.report.HtmlReport;
import dev.trivet.chaos.report.JsonReport;
import dev.trivet.chaos.report.Run;
import dev.trivet.chaos.workload.HistoryWorkload;
import dev.trivet.chaos.workload.Registers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts nodes, has clients work, breaks things in turn, and judges what clients were told. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description = "Break a cluster under load and judge what its clients were told.",
    footer = {
      "",
      "The same seed gives the same faults in the same order. Exit code 0 when every promise was"
          + " kept and every fault was seen to bite, 7 otherwise.",
      "--list shows the faults, and why some cannot be inflicted here."
    })
public final class Chaos implements Callable<Integer> {
  private static final int BROKEN = 7;
  private static final long USUAL_SECONDS = 60;
  private static final String ALL = "all";
  private static final String RANDOM = "random";

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Of the schedule and of the clients (default: drawn and printed).")
  private long seed = System.nanoTime() & 0xffff_ffffL;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description =
          "How long faults are inflicted; those that are named, or all, come once at least"
              + " (60; with --plant no longer than that).")
  private @Nullable Long seconds;

  @Option(
      names = "--faults",
      paramLabel = "NAME,...|all|random",
      split = ",",
      description =
          "Which, in this order; all: each, shuffled; random: any (all; with --plant those that"
              + " find it).")
  private List<String> faults = List.of();

  @Option(
      names = "--pairs",
      description =
          "Two faults at once wherever they may meet: one of the network, one of nodes or disks.")
  private boolean arePairs;

  @Option(
      names = "--workloads",
      paramLabel = "NAME,...|all",
      split = ",",
      description = "What clients do (all; with --plant what notices it).")
  private List<String> workloads = List.of();

  @Option(
      names = "--plant",
      paramLabel = "NAME",
      description =
          "Start the nodes with a bug that is made on purpose: the run has to find it. See"
              + " docs/chaos.md.")
  private @Nullable String plantName;

  @Option(
      names = "--recovery-seconds",
      paramLabel = "SECONDS",
      description = "How long all nodes may take to serve after a fault (${DEFAULT-VALUE}).")
  private long recoverySeconds = 60;

  @Option(
      names = "--serializable-reads",
      description =
          "Registers read what the asked node has at hand, which nobody promises to be the newest:"
              + " the run must break.")
  private boolean isSerializable;

  @Option(
      names = "--unjudged-logs",
      description = "A complaint of a node that is not known to be harmless is no finding.")
  private boolean areLogsUnjudged;

  @Option(names = "--list", description = "List the faults and end.")
  private boolean isList;

  /** Forms of what the run came to. */
  private enum Form {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      description = "How the end is printed: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Form form = Form.text;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the whole run into one page of HTML.")
  private @Nullable Path report;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec command = CommandLine.Model.CommandSpec.create();

  @CommandLine.Mixin private final Place place = new Place();

  public static void main(String[] arguments) {
    Descendants.endWithThisProcess();
    System.exit(
        new CommandLine(new Chaos())
            .setExecutionExceptionHandler(new ProgramFailures())
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (place.needsHosts()) {
      return place.runInHosts(command.commandLine().getParseResult().originalArgs(), seed);
    }
    List<String> flags = List.of();
    if (plantName != null) {
      Planting.Planted planted = Planting.here().plant(plantName, place.folder());
      flags = planted.flags();
      faults = faults.isEmpty() ? planted.faults() : faults;
      workloads = workloads.isEmpty() ? planted.workloads() : workloads;
    }
    List<FaultKind> wanted = wanted();
    Files.createDirectories(place.folder());
    try (Environment environment = place.open(flags)) {
      List<FaultKind> possible = new ArrayList<>();
      List<ChaosReport.LeftOut> leftOut = new ArrayList<>();
      for (FaultKind kind : wanted) {
        String obstacle = environment.obstacle(kind.needs());
        if (obstacle.isEmpty()) {
          possible.add(kind);
        } else {
          leftOut.add(new ChaosReport.LeftOut(kind.name(), obstacle));
        }
      }
      if (isList) {
        list(possible, leftOut);
        return 0;
      }
      leftOut.forEach(left -> System.err.println("not covered: " + left));
      ChaosReport result = run(environment, possible, leftOut);
      Run whole = WholeRun.of(result, commandLine());
      switch (form) {
        case text -> result.print(System.out);
        case json -> System.out.println(JsonReport.of(whole));
      }
      if (report != null) {
        Files.writeString(report, HtmlReport.of(whole));
      }
      return result.isKept() ? 0 : BROKEN;
    }
  }

  private ChaosReport run(
      Environment environment, List<FaultKind> possible, List<ChaosReport.LeftOut> leftOut)
      throws IOException, InterruptedException {
    System.err.printf(
        "seed %d, environment %s, folder %s%s%n",
        seed,
        environment.name(),
        place.folder(),
        plantName == null ? "" : ", with a planted bug: " + plantName);
    Schedule schedule = new Schedule(possible, order(), arePairs, seed);
    int least = faults.contains(RANDOM) ? 1 : possible.size();
    List<HistoryWorkload> chosen =
        Workloads.named(workloads.isEmpty() ? List.of(ALL) : workloads, environment, seed, reads());
    try {
      return new ChaosRun(
              environment,
              chosen,
              schedule,
              new ChaosRun.Limits(
                  Duration.ofSeconds(length()),
                  least,
                  Duration.ofSeconds(recoverySeconds),
                  !areLogsUnjudged))
          .run(seed, leftOut);
    } finally {
      for (HistoryWorkload workload : chosen.reversed()) {
        workload.close();
      }
    }
  }

  private Registers.Reads reads() {
    return isSerializable ? Registers.Reads.SERIALIZABLE : Registers.Reads.LINEARIZABLE;
  }

  /** What runs it again: the arguments, and the seed if it was drawn. */
  private String commandLine() {
    List<String> arguments = command.commandLine().getParseResult().originalArgs();
    String given = "./trivet chaos " + String.join(" ", arguments);
    return arguments.stream().anyMatch(argument -> argument.startsWith("--seed"))
        ? given
        : given + " --seed " + seed;
  }

  private long length() {
    return seconds != null ? seconds : plantName == null ? USUAL_SECONDS : 0;
  }

  private Schedule.Order order() {
    return faults.contains(RANDOM)
        ? Schedule.Order.RANDOM
        : areAll() ? Schedule.Order.SHUFFLED : Schedule.Order.AS_NAMED;
  }

  private boolean areAll() {
    return faults.isEmpty() || faults.contains(ALL);
  }

  private List<FaultKind> wanted() {
    if (isList) {
      return Faults.all();
    }
    if (faults.contains(RANDOM) || areAll()) {
      return Faults.usual();
    }
    return Faults.named(faults);
  }

  private static void list(List<FaultKind> possible, List<ChaosReport.LeftOut> leftOut) {
    for (FaultKind kind : possible) {
      System.out.printf(
          "%-22s %s%s%n", kind.name(), kind.what(), kind.isUsual() ? "" : " (only when named)");
    }
    leftOut.forEach(left -> System.out.printf("%-22s not here: %s%n", left.fault(), left.why()));
  }
}
