package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.LocalNode;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** What nodes say in their logs that tells of a fault. */
final class Traces {
  private static final int MAX_LENGTH = 160;

  private Traces() {}

  /**
   * What the pattern finds first.
   *
   * @return a line of the report: the first that the pattern finds; empty when there is none
   */
  static String first(List<String> lines, Pattern pattern) {
    return lines.stream()
        .filter(line -> pattern.matcher(line).find())
        .findFirst()
        .map(line -> "it says: " + shortened(line))
        .orElse("");
  }

  static String first(LocalNode node, long sinceBytes, Pattern pattern) throws IOException {
    return first(node.said(sinceBytes), pattern);
  }

  static String shortened(String line) {
    String stripped = line.strip();
    return stripped.length() <= MAX_LENGTH ? stripped : stripped.substring(0, MAX_LENGTH) + "...";
  }
}
