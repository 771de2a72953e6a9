package dev.trivet.chaos.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether nodes complained of anything that is not known to be harmless.
 *
 * <p>A complaint is a line of the node's log at WARN or ERROR, as text or as JSON, or a last word
 * of the virtual machine. Lines that differ in nothing but numbers are one finding. What is
 * harmless is in the resource {@code expected-log-lines.txt}, each with its reason.
 */
public final class LogLines {
  /**
   * A line.
   *
   * @param node whose it is
   */
  public record Line(String node, String text) {}

  /**
   * What may be in a log.
   *
   * @param pattern of a part of the line
   * @param reason why it is harmless
   * @param faults in a run with which alone it is; any run if there are none
   */
  public record Expected(Pattern pattern, String reason, List<Pattern> faults) {
    /** Copies the faults. */
    public Expected {
      faults = List.copyOf(faults);
    }

    private boolean isIn(Collection<String> inflicted) {
      return faults.isEmpty()
          || faults.stream()
              .anyMatch(fault -> inflicted.stream().anyMatch(fault.asMatchPredicate()));
    }
  }

  private static final String PROMISE = "nodes complain of nothing that we cannot explain";
  private static final String RESOURCE = "expected-log-lines.txt";
  private static final Pattern COMPLAINT =
      Pattern.compile(
          "^\\S+Z (WARN|ERROR) "
              + "|\"level\":\"(WARN|ERROR)\""
              + "|^Exception in thread |OutOfMemoryError|StackOverflowError"
              + "|^# A fatal error|^Terminating due to ");
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final String ONLY_WITH = "only with ";
  private static final int LONGEST = 500;

  private record Same(String example, List<String> nodes) {}

  private LogLines() {}

  /**
   * Judges lines with what is known to be harmless.
   *
   * @param faults names of those that were inflicted
   */
  public static Judgement check(List<Line> lines, Collection<String> faults) {
    return check(lines, expected().stream().filter(one -> one.isIn(faults)).toList());
  }

  /** Judges lines. */
  static Judgement check(List<Line> lines, List<Expected> expected) {
    Map<String, Same> complaints = new LinkedHashMap<>();
    long known = 0;
    for (Line line : lines) {
      if (!COMPLAINT.matcher(line.text()).find()) {
        continue;
      }
      if (expected.stream().anyMatch(one -> one.pattern().matcher(line.text()).find())) {
        known++;
      } else {
        complaints
            .computeIfAbsent(shape(line.text()), _ -> new Same(line.text(), new ArrayList<>()))
            .nodes()
            .add(line.node());
      }
    }
    Findings findings = new Findings("logs");
    for (Same same : complaints.values()) {
      List<String> nodes = same.nodes().stream().distinct().sorted().toList();
      findings.add(
          PROMISE,
          "%d times at %s: %s"
              .formatted(same.nodes().size(), String.join(", ", nodes), cut(same.example())));
    }
    return findings.judgement(
        "%d lines, %d complaints that are known".formatted(lines.size(), known));
  }

  /**
   * What is known to be harmless: a pattern, then indented its reason, then maybe the faults with
   * which alone it is. Empty lines and those that begin with # are left out.
   */
  static List<Expected> expected() {
    try (InputStream resource = LogLines.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return parse(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException("reading " + RESOURCE, failure);
    }
  }

  static List<Expected> parse(String text) {
    List<String> lines =
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    List<Expected> expected = new ArrayList<>();
    int at = 0;
    while (at < lines.size()) {
      String pattern = lines.get(at++);
      if (pattern.startsWith(" ")) {
        throw new IllegalArgumentException("no pattern before " + pattern.strip());
      }
      List<String> indented = new ArrayList<>();
      while (at < lines.size() && lines.get(at).startsWith(" ")) {
        indented.add(lines.get(at++).strip());
      }
      if (indented.isEmpty() || indented.getFirst().startsWith(ONLY_WITH)) {
        throw new IllegalArgumentException("no reason after the pattern " + pattern);
      }
      List<Pattern> faults =
          indented.stream()
              .skip(1)
              .flatMap(line -> Stream.of(line.substring(ONLY_WITH.length()).split(", *", -1)))
              .map(name -> Pattern.compile(name.replace("*", ".*")))
              .toList();
      expected.add(new Expected(Pattern.compile(pattern), indented.getFirst(), faults));
    }
    return expected;
  }

  private static String shape(String text) {
    return cut(NUMBER.matcher(TIME.matcher(text).replaceAll("")).replaceAll("0"));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
