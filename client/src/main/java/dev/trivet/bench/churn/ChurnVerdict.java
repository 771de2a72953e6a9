package dev.trivet.bench.churn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a whole run says. Growth is the median of the last quarter over that of the second one: the
 * first is left out, because caches and logs fill then.
 *
 * @param diskGrowth 1: none; 0: not measured, or too few samples
 * @param rssGrowth the same of resident memory
 * @param failures calls that did not succeed
 * @param violations answers that must not be
 * @param firstFailure text, empty if there was none
 * @param firstViolation text, empty if there was none
 */
public record ChurnVerdict(
    double diskGrowth,
    double rssGrowth,
    long failures,
    long violations,
    String firstFailure,
    String firstViolation) {

  /**
   * What grew beyond a limit, as a sentence; empty if nothing did.
   *
   * @param factor of the second quarter's figure; 0 or less: no limit
   */
  public String growthAbove(double factor) {
    if (factor <= 0) {
      return "";
    }
    List<String> grown = new ArrayList<>();
    if (diskGrowth > factor) {
      grown.add(String.format(Locale.ROOT, "disk %.3f", diskGrowth));
    }
    if (rssGrowth > factor) {
      grown.add(String.format(Locale.ROOT, "memory %.3f", rssGrowth));
    }
    return grown.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "in the last quarter times the second: %s; allowed %.3f",
            String.join(", ", grown),
            factor);
  }

  /** The growth of a figure over the samples of a run, which are evenly spaced. */
  static double growth(List<ChurnSample> samples, ToDoubleFunction<ChurnSample> figure) {
    int all = samples.size();
    double before = median(samples.subList(all / 4, all / 2), figure);
    double after = median(samples.subList(all - all / 4, all), figure);
    return before > 0 ? after / before : 0;
  }

  /** 0 if there is none. */
  private static double median(List<ChurnSample> samples, ToDoubleFunction<ChurnSample> figure) {
    double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return 0;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
