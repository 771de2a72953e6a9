package dev.trivet.bench;

import org.HdrHistogram.Histogram;

/** Counts what was answered. Owned by the wire's thread. */
final class Meter {
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
  private long errors;
  private String firstError = "";
  private boolean isCounting;

  void answered(long nanos) {
    if (isCounting) {
      latencies.recordValue(Math.max(0, nanos));
    }
  }

  void failed(String why) {
    if (isCounting) {
      errors++;
    }
    if (firstError.isEmpty()) {
      firstError = why;
    }
  }

  /** Forgets what was answered before; always true, as the wire wants a value. */
  boolean start() {
    latencies.reset();
    errors = 0;
    isCounting = true;
    return true;
  }

  /** Not changed any more. */
  Histogram stop() {
    isCounting = false;
    return latencies;
  }

  long errors() {
    return errors;
  }

  /** Empty if there was none. */
  String firstError() {
    return firstError;
  }
}
