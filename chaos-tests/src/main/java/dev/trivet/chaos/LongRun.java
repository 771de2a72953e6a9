package dev.trivet.chaos;

import dev.trivet.chaos.fault.FaultKind;
import dev.trivet.chaos.fault.Faults;
import dev.trivet.chaos.report.Series;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Makes run after run of {@link Chaos}, each on fresh nodes with the next seed, until every usual
 * kind of fault has come in so many seeds; a summary of all is written anew after each.
 */
@Command(
    name = "long",
    mixinStandardHelpOptions = true,
    description = "Inflict every usual kind of fault in several seeds, and sum it up.",
    footer = {
      "",
      "One that was ended goes on behind the last run that has a report. Exit code 0 when all runs"
          + " were kept, 7 otherwise."
    })
public final class LongRun implements Callable<Integer> {
  private static final int BROKEN = 7;

  /** Even if each fault takes as long as it may. */
  private static final Duration PER_FAULT = Duration.ofMinutes(4);

  @Option(
      names = "--seeds",
      paramLabel = "NUMBER",
      description = "In how many runs each kind comes (${DEFAULT-VALUE}).")
  private int seeds = 5;

  @Option(
      names = "--first-seed",
      paramLabel = "NUMBER",
      description = "Of the first run; the others follow (${DEFAULT-VALUE}).")
  private long firstSeed = 1;

  @Option(
      names = "--faults-per-run",
      paramLabel = "NUMBER",
      description = "${DEFAULT-VALUE}: histories are judged, and data removed, often enough.")
  private int faultsPerRun = 14;

  @Option(
      names = "--also",
      split = ",",
      paramLabel = "NAME,...",
      description = "Kinds that only come when they are named.")
  private List<String> also = List.of();

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "NAME,...",
      description = "Usual kinds that are left out.")
  private List<String> without = List.of();

  @Option(names = "--pairs", description = "As of chaos.")
  private boolean arePairs;

  @Option(
      names = "--environment",
      paramLabel = "hosts|loopback|containers|auto",
      description = "As of chaos (${DEFAULT-VALUE}).")
  private String environment = "auto";

  @Option(
      names = "--recovery-seconds",
      paramLabel = "SECONDS",
      description = "As of chaos (${DEFAULT-VALUE}).")
  private long recoverySeconds = 90;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      required = true,
      description = "A folder for each seed, with its report, and summary.md.")
  private Path folder = Path.of("");

  /** Makes it from the command line. */
  public static void main(String[] arguments) {
    Descendants.endWithThisProcess();
    System.exit(
        new CommandLine(new LongRun())
            .setExecutionExceptionHandler(new ProgramFailures())
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Path> reports = new ArrayList<>();
    Path summary = folder.resolve("summary.md");
    long seed = firstSeed;
    for (List<String> kinds : runs()) {
      Path place = folder.resolve(Long.toString(seed));
      Path report = ChaosProcess.report(place);
      if (!Series.isReport(report)) {
        run(place, seed, kinds);
      }
      reports.add(report);
      Files.writeString(summary, series(reports).markdown());
      seed++;
    }
    System.out.print(Files.readString(summary));
    boolean isKept = reports.stream().allMatch(Series::isReport) && series(reports).isKept();
    return isKept ? 0 : BROKEN;
  }

  private static Series series(List<Path> reports) throws IOException {
    return Series.of(reports.stream().filter(Series::isReport).toList());
  }

  /** What each run inflicts: every round is all kinds in an order of its own. */
  List<List<String>> runs() {
    if (seeds < 1 || faultsPerRun < 1) {
      throw new IllegalArgumentException("--seeds and --faults-per-run have to be 1 or more");
    }
    List<String> left = Faults.named(without).stream().map(FaultKind::name).toList();
    List<String> kinds =
        new ArrayList<>(
            Stream.concat(
                    Faults.usual().stream().filter(kind -> !left.contains(kind.name())),
                    Faults.named(also).stream())
                .map(FaultKind::name)
                .toList());
    Random random = new Random(firstSeed);
    List<List<String>> runs = new ArrayList<>();
    for (int round = 0; round < seeds; round++) {
      Collections.shuffle(kinds, random);
      int parts = Math.ceilDiv(kinds.size(), faultsPerRun);
      for (int part = 0; part < parts; part++) {
        int from = part * kinds.size() / parts;
        int to = (part + 1) * kinds.size() / parts;
        runs.add(List.copyOf(kinds.subList(from, to)));
      }
    }
    return runs;
  }

  private void run(Path place, long seed, List<String> kinds)
      throws IOException, InterruptedException {
    System.err.println("seed " + seed + ": " + String.join(",", kinds));
    // Of one that was ended.
    Folders.deleteTree(place);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--seed", Long.toString(seed), "--seconds", "1"));
    arguments.addAll(List.of("--faults", String.join(",", kinds)));
    arguments.addAll(List.of("--environment", environment));
    arguments.addAll(List.of("--recovery-seconds", Long.toString(recoverySeconds)));
    if (arePairs) {
      arguments.add("--pairs");
    }
    ChaosProcess.Ended ended =
        new ChaosProcess(place, PER_FAULT.multipliedBy(kinds.size())).run(arguments);
    System.err.println("seed " + seed + ": " + ended.outcome() + ", " + ended.words());
    if (ended.isKept()) {
      Folders.deleteTree(place.resolve("nodes"));
    }
  }
}
