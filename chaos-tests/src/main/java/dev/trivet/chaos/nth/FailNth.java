package dev.trivet.chaos.nth;

import com.google.gson.GsonBuilder;
import dev.trivet.chaos.ProgramFailures;
import dev.trivet.chaos.environment.Shim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fails the first call of a kind, then the second, ... during the work of a real node. */
@Command(
    name = "nth",
    mixinStandardHelpOptions = true,
    description = "Fail each call that a node makes to its disk in turn, once, with EIO.",
    footer = {
      "",
      "Each time the node must go on whole or end itself and say why; started again, it must have"
          + " all that was acknowledged. Exit code 0 when that was so, 7 otherwise."
    })
public final class FailNth implements Callable<Integer> {
  private static final int BROKEN = 7;

  private static final Map<String, Shim.Kind> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("write", Shim.Kind.WRITE);
    KINDS.put("force", Shim.Kind.SYNC);
    KINDS.put("rename", Shim.Kind.RENAME);
    KINDS.put("open", Shim.Kind.OPEN);
    KINDS.put("unlink", Shim.Kind.UNLINK);
  }

  @Option(
      names = "--operations",
      split = ",",
      paramLabel = "NAME,...",
      description = "write, force, rename (and link, mkdir), open, unlink (${DEFAULT-VALUE}).")
  private List<String> operations = List.copyOf(KINDS.keySet());

  @Option(
      names = "--over",
      split = ",",
      paramLabel = "NAME,...",
      description = "start, write, snapshot, installation, repair (${DEFAULT-VALUE}).")
  private List<String> scenarios = List.of("start", "write", "snapshot", "installation", "repair");

  @Option(names = "--from", paramLabel = "N", description = "The first call (${DEFAULT-VALUE}).")
  private long from = 1;

  @Option(names = "--to", paramLabel = "N", description = "No call behind it fails.")
  private long last = Long.MAX_VALUE;

  @Option(
      names = "--stride",
      paramLabel = "N",
      description =
          "Every so many calls; 0: dense at first, then by halves of the number"
              + " (${DEFAULT-VALUE}).")
  private long stride = 1;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where the nodes' data goes; must not exist (${DEFAULT-VALUE}).")
  private Path folder = Path.of("nth-data");

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write each round into a file of JSON.")
  private @Nullable Path json;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new FailNth())
            .setExecutionExceptionHandler(new ProgramFailures())
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Files.exists(folder)) {
      throw new IllegalArgumentException(folder + " is there already: choose another --folder");
    }
    Steps steps = new Steps(from, last, stride);
    List<Scenario> wanted = new ArrayList<>();
    for (String name : scenarios) {
      wanted.add(
          Scenario.named(name)
              .orElseThrow(() -> new IllegalArgumentException("no scenario is called " + name)));
    }
    for (String name : operations) {
      if (!KINDS.containsKey(name)) {
        throw new IllegalArgumentException("no operation is called " + name);
      }
    }
    List<Loop.Result> results = new ArrayList<>();
    for (Scenario scenario : wanted) {
      results.addAll(over(scenario, steps));
    }
    print(results);
    if (json != null) {
      Files.writeString(json, new GsonBuilder().setPrettyPrinting().create().toJson(results));
    }
    return results.stream().allMatch(result -> result.broken().isEmpty()) ? 0 : BROKEN;
  }

  /** Each operation on the same nodes; on new ones when something was broken. */
  private List<Loop.Result> over(Scenario scenario, Steps steps)
      throws IOException, InterruptedException {
    List<Loop.Result> results = new ArrayList<>();
    int next = 0;
    while (next < operations.size()) {
      Path place = folder.resolve(scenario.word() + "-" + operations.get(next));
      try (Crowd crowd = Crowd.started(place, scenario.size(), scenario.entriesPerSnapshot())) {
        scenario.prepare(crowd);
        boolean isWell = true;
        while (isWell && next < operations.size()) {
          String operation = operations.get(next++);
          System.err.println(scenario.word() + ", " + operation);
          Loop.Result result =
              new Loop(crowd, scenario, KINDS.getOrDefault(operation, Shim.Kind.WRITE))
                  .run(operation, steps);
          result.broken().forEach(broken -> System.err.println("  BROKEN " + broken));
          results.add(result);
          isWell = result.broken().isEmpty();
        }
      }
    }
    return results;
  }

  private static void print(List<Loop.Result> results) {
    System.out.println("scenario operation failed unmoved answered ended calls");
    for (Loop.Result result : results) {
      System.out.printf(
          "%-12s %-7s %5d %7d %8d %5d %s%n",
          result.scenario().word(),
          result.operation(),
          result.rounds().size(),
          result.count(Loop.Outcome.UNMOVED),
          result.count(Loop.Outcome.ANSWERED),
          result.count(Loop.Outcome.ENDED),
          result.isUntouched() ? result.calls() : "more");
    }
    Map<String, Integer> words = new TreeMap<>();
    for (Loop.Result result : results) {
      for (Loop.Round round : result.rounds()) {
        if (!round.word().isEmpty()) {
          words.merge(
              round.outcome() + " " + round.word().replaceAll("[0-9a-f]{6,}|\\d+", "#"),
              1,
              Integer::sum);
        }
      }
    }
    words.forEach((word, count) -> System.out.println(count + " x " + word));
    results.forEach(
        result ->
            result
                .broken()
                .forEach(
                    broken ->
                        System.out.printf(
                            "BROKEN %s, %s: %s%n",
                            result.scenario().word(), result.operation(), broken)));
    boolean isKept = results.stream().allMatch(result -> result.broken().isEmpty());
    System.out.println(isKept ? "KEPT" : "BROKEN");
  }
}
