package dev.trivet.chaos.planted;

import dev.trivet.chaos.Chaos;
import dev.trivet.chaos.ChaosProcess;
import dev.trivet.chaos.Descendants;
import dev.trivet.chaos.ProgramFailures;
import dev.trivet.chaos.plant.Plant;
import dev.trivet.chaos.plant.Plants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs {@link Chaos} on nodes with planted bugs, one after the other: each has to be found. */
@Command(
    name = "planted",
    mixinStandardHelpOptions = true,
    description = "Give nodes a bug on purpose, and see whether a chaos run finds it.",
    footer = {
      "",
      "Exit code 0 when each was found within five minutes and the promise was named that it"
          + " breaks, 7 otherwise."
    })
public final class Planted implements Callable<Integer> {
  /** A bug has to be found by then. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** The faults of all bugs one after the other. */
  private static final Duration LIMIT_OF_NONE = Duration.ofMinutes(20);

  private static final int MISSED = 7;

  /** A run of what finds all of them, on nodes as they are. */
  private static final String NONE = "none";

  private static final String ROW = "%-22s %-7s %6s  %6s  %s%n";

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "Bugs (all of them); none: nodes as they are, under the faults and workloads of all, have"
              + " to keep every promise.")
  private List<String> names = List.of();

  @Option(names = "--seed", paramLabel = "NUMBER", description = "Of the runs (${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--environment",
      paramLabel = "hosts|loopback|auto",
      description = "As of chaos (${DEFAULT-VALUE}).")
  private String environment = "auto";

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where data and reports go; must not have any (${DEFAULT-VALUE}).")
  private Path folder = Path.of("planted-data");

  /**
   * What one run came to.
   *
   * @param isRight whether it is what had to come
   * @param words the promises that it named, or what went wrong
   */
  private record Trial(String name, boolean isRight, long seconds, String words) {}

  public static void main(String[] arguments) {
    Descendants.endWithThisProcess();
    System.exit(
        new CommandLine(new Planted())
            .setExecutionExceptionHandler(new ProgramFailures())
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> wanted = names.isEmpty() ? Plants.all().stream().map(Plant::name).toList() : names;
    // Before the first of them takes its time.
    wanted.stream().filter(name -> !name.equals(NONE)).forEach(Plants::named);
    Files.createDirectories(folder);
    List<Trial> trials = new ArrayList<>();
    for (String name : wanted) {
      trials.add(name.equals(NONE) ? runNone() : run(Plants.named(name)));
      System.err.print(row(trials.getLast()));
    }
    System.out.printf(ROW, "bug", "", "after", "seed", "promise");
    trials.forEach(trial -> System.out.print(row(trial)));
    return trials.stream().allMatch(Trial::isRight) ? 0 : MISSED;
  }

  private String row(Trial trial) {
    String verdict =
        trial.name().equals(NONE)
            ? trial.isRight() ? "kept" : "BROKEN"
            : trial.isRight() ? "found" : "MISSED";
    return ROW.formatted(trial.name(), verdict, trial.seconds() + " s", seed, trial.words());
  }

  private Trial run(Plant plant) throws IOException, InterruptedException {
    ChaosProcess.Ended ended = chaos(plant.name(), LIMIT, List.of("--plant", plant.name()));
    Set<String> named = new TreeSet<>(ended.promises());
    named.retainAll(plant.hunt().promises());
    boolean isFound = ended.isBroken() && !named.isEmpty();
    return new Trial(
        plant.name(), isFound, ended.seconds(), isFound ? String.join("; ", named) : ended.words());
  }

  private Trial runNone() throws IOException, InterruptedException {
    ChaosProcess.Ended ended =
        chaos(
            NONE,
            LIMIT_OF_NONE,
            List.of(
                "--faults",
                ofAll(Plant.Hunt::faults),
                "--workloads",
                ofAll(Plant.Hunt::workloads),
                "--seconds",
                "0"));
    return new Trial(NONE, ended.isKept(), ended.seconds(), ended.words());
  }

  private static String ofAll(Function<Plant.Hunt, List<String>> part) {
    return String.join(
        ",",
        Plants.all().stream()
            .flatMap(plant -> part.apply(plant.hunt()).stream())
            .distinct()
            .toList());
  }

  private ChaosProcess.Ended chaos(String name, Duration limit, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--seed", Long.toString(seed), "--environment", environment));
    return new ChaosProcess(folder.resolve(name), limit).run(all);
  }
}
