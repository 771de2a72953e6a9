package dev.trivet.chaos.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.trivet.chaos.check.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What several runs came to together, from the documents of {@link JsonReport}. */
public final class Series {
  private final List<Told> runs;

  private Series(List<Told> runs) {
    this.runs = List.copyOf(runs);
  }

  /** One run, as its document tells it. */
  private record Told(
      long seed,
      Outcome outcome,
      Duration length,
      List<Fault> faults,
      Map<String, Long> answered,
      List<String> promises) {}

  /**
   * One step of a run.
   *
   * @param kinds one, or two at once
   * @param recoverySeconds {@link Run#NEVER} if not within the limit
   */
  private record Fault(List<String> kinds, boolean isSeen, double recoverySeconds) {}

  /** What came of one kind in all runs. */
  private static final class Kind {
    private final TreeSet<Long> seeds = new TreeSet<>();
    private int faults;
    private final List<Double> recoveries = new ArrayList<>();
  }

  /** Whether a file is the report of a run that came to its end. */
  public static boolean isReport(Path file) {
    try {
      return Files.exists(file)
          && JsonParser.parseString(Files.readString(file)) instanceof JsonObject document
          && document.has("outcome");
    } catch (IOException | JsonParseException _) {
      return false;
    }
  }

  /** Reads reports, in the order of the runs. */
  public static Series of(List<Path> reports) throws IOException {
    List<Told> runs = new ArrayList<>();
    for (Path report : reports) {
      runs.add(told(JsonParser.parseString(Files.readString(report)).getAsJsonObject()));
    }
    return new Series(runs);
  }

  private static Told told(JsonObject run) {
    List<Fault> faults = new ArrayList<>();
    for (JsonElement element : run.getAsJsonArray("faults")) {
      JsonObject fault = element.getAsJsonObject();
      faults.add(
          new Fault(
              List.of(fault.get("kind").getAsString().split("\\+")),
              !fault.getAsJsonArray("evidence").isEmpty(),
              fault.get("recoverySeconds").getAsDouble()));
    }
    Map<String, Long> answered = new TreeMap<>();
    for (JsonElement element : run.getAsJsonArray("workloads")) {
      JsonObject load = element.getAsJsonObject();
      answered.put(load.get("workload").getAsString(), load.get("answered").getAsLong());
    }
    return new Told(
        run.get("seed").getAsLong(),
        Outcome.valueOf(run.get("outcome").getAsString()),
        Duration.parse(run.get("length").getAsString()),
        faults,
        answered,
        promises(run.getAsJsonArray("judgements")));
  }

  /** Those that were broken, each once. */
  public static List<String> promises(JsonArray judgements) {
    TreeSet<String> promises = new TreeSet<>();
    for (JsonElement judgement : judgements) {
      for (JsonElement finding : judgement.getAsJsonObject().getAsJsonArray("findings")) {
        promises.add(finding.getAsJsonObject().get("promise").getAsString());
      }
    }
    return List.copyOf(promises);
  }

  /** Whether each of them was kept. */
  public boolean isKept() {
    return runs.stream().allMatch(run -> run.outcome() == Outcome.KEPT);
  }

  /** Tables for people. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    Duration length = runs.stream().map(Told::length).reduce(Duration.ZERO, Duration::plus);
    List<Fault> faults = runs.stream().flatMap(run -> run.faults().stream()).toList();
    text.append(
        "%d runs, %d h %d min, %d times a fault or two at once; answered: %s.%n"
            .formatted(
                runs.size(),
                length.toHours(),
                length.toMinutesPart(),
                faults.size(),
                words(answered())));
    text.append(
        "All nodes served again after each, seconds: %s.%n%n"
            .formatted(spread(faults.stream().map(Fault::recoverySeconds).toList())));
    text.append("| seed | faults | verdict |\n|---|---|---|\n");
    for (Told run : runs) {
      text.append("| %d | %d | %s |%n".formatted(run.seed(), run.faults().size(), verdict(run)));
    }
    text.append("\n| kind | seeds | seen | all nodes serve after, s |\n|---|---|---|---|\n");
    kinds().forEach((name, kind) -> text.append(row(name, kind)));
    return text.toString();
  }

  private Map<String, Long> answered() {
    Map<String, Long> all = new TreeMap<>();
    runs.forEach(run -> run.answered().forEach((name, count) -> all.merge(name, count, Long::sum)));
    return all;
  }

  private static String words(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String verdict(Told run) {
    String verdict = run.outcome().name().toLowerCase(Locale.ROOT);
    return run.promises().isEmpty() ? verdict : verdict + ": " + String.join("; ", run.promises());
  }

  /** Only what was seen to bite counts for a seed. */
  private Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new TreeMap<>();
    for (Told run : runs) {
      for (Fault fault : run.faults()) {
        for (String name : fault.kinds()) {
          Kind kind = kinds.computeIfAbsent(name, _ -> new Kind());
          kind.faults++;
          kind.recoveries.add(fault.recoverySeconds());
          if (fault.isSeen()) {
            kind.seeds.add(run.seed());
          }
        }
      }
    }
    return kinds;
  }

  private static String row(String name, Kind kind) {
    return "| `%s` | %d: %s | %d of %d | %s |%n"
        .formatted(
            name,
            kind.seeds.size(),
            kind.seeds.stream().map(String::valueOf).collect(Collectors.joining(" ")),
            kind.seeds.size(),
            kind.faults,
            spread(kind.recoveries));
  }

  /** Least, median, nine in ten and most; and how many never came. */
  private static String spread(List<Double> seconds) {
    List<Double> sorted = seconds.stream().filter(one -> one != Run.NEVER).sorted().toList();
    int never = seconds.size() - sorted.size();
    String late = never == 0 ? "" : ", " + never + " not within the limit";
    if (sorted.isEmpty()) {
      return "none" + late;
    }
    return String.format(
            Locale.ROOT,
            "%.1f to %.1f, median %.1f, nine in ten within %.1f",
            sorted.getFirst(),
            sorted.getLast(),
            sorted.get((sorted.size() - 1) / 2),
            sorted.get((sorted.size() * 9 + 9) / 10 - 1))
        + late;
  }
}
