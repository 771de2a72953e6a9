package dev.trivet.chaos;

import java.util.List;

/** How a program of the chaos tests ends: its last lines, and its exit code. */
final class Verdict {
  private static final int BROKEN = 7;
  private static final int LINES_SHOWN = 20;

  private Verdict() {}

  /** Ends the process: with code 0 when every promise was kept, with 7 otherwise. */
  static void end(List<String> broken) {
    broken.stream().limit(LINES_SHOWN).forEach(line -> System.out.println("BROKEN " + line));
    if (broken.size() > LINES_SHOWN) {
      System.out.println("BROKEN and " + (broken.size() - LINES_SHOWN) + " more");
    }
    System.out.println(broken.isEmpty() ? "KEPT" : "BROKEN");
    System.exit(broken.isEmpty() ? 0 : BROKEN);
  }
}
