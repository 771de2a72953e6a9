package dev.trivet.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the demo's lines with the time since its start, and keeps what did not hold. */
final class Narrator {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter out;
  private final long start = System.nanoTime();
  private final List<String> broken = new ArrayList<>();

  Narrator(PrintWriter out) {
    this.out = out;
  }

  void say(String text) {
    line(String.format(Locale.ROOT, "%5.1f s  %s", seconds(System.nanoTime() - start), text));
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  /**
   * Tells whether a promise was kept.
   *
   * @param faults what contradicts it; empty if it was kept
   */
  void check(String promise, List<String> faults) {
    say((faults.isEmpty() ? "ok      " : "BROKEN  ") + promise);
    faults.forEach(fault -> say("        " + fault));
    if (!faults.isEmpty()) {
      broken.add(promise);
    }
  }

  List<String> broken() {
    return List.copyOf(broken);
  }

  static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
