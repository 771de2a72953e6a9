package dev.trivet.bench.churn;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Counts what happened since the last sample, and what went wrong in the whole run. Owned by the
 * wire's thread.
 */
final class Tally {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Histogram writes = new Histogram(SIGNIFICANT_DIGITS);
  private long lists;
  private long listsBegunAgain;
  private long events;
  private long compactions;
  private long failures;
  private long violations;
  private String firstFailure = "";
  private String firstViolation = "";

  /** What lies outside of the load: when, and how large the servers are. */
  record Measured(
      double seconds,
      double sinceLast,
      double diskMiB,
      double largestDiskMiB,
      double serverRssMiB) {}

  void wrote(long nanos) {
    writes.recordValue(Math.max(0, nanos));
  }

  void listed() {
    lists++;
  }

  void listBegunAgain() {
    listsBegunAgain++;
  }

  void delivered(int more) {
    events += more;
  }

  void compacted() {
    compactions++;
  }

  void failed(String why) {
    failures++;
    if (firstFailure.isEmpty()) {
      firstFailure = why;
    }
  }

  void violated(Violation violation) {
    violations++;
    if (firstViolation.isEmpty()) {
      firstViolation = violation.text();
    }
  }

  /** A row; counts begin anew. */
  ChurnSample sample(Measured now) {
    ChurnSample sample =
        new ChurnSample(
            now.seconds(),
            writes.getTotalCount() / now.sinceLast(),
            writes.getValueAtPercentile(50) / NANOS_PER_MILLI,
            writes.getValueAtPercentile(99) / NANOS_PER_MILLI,
            lists,
            listsBegunAgain,
            events,
            compactions,
            now.diskMiB(),
            now.largestDiskMiB(),
            now.serverRssMiB(),
            failures,
            violations);
    var _ = forget();
    return sample;
  }

  /** Counts begin anew, but those of what went wrong. Always true, as the wire wants a value. */
  boolean forget() {
    writes.reset();
    lists = 0;
    listsBegunAgain = 0;
    events = 0;
    compactions = 0;
    return true;
  }

  /** What these samples and everything that went wrong say. */
  ChurnVerdict verdict(List<ChurnSample> samples) {
    return new ChurnVerdict(
        ChurnVerdict.growth(samples, ChurnSample::diskMiB),
        ChurnVerdict.growth(samples, ChurnSample::serverRssMiB),
        failures,
        violations,
        firstFailure,
        firstViolation);
  }
}
