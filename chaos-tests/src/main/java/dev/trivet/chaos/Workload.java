package dev.trivet.chaos;

import java.io.IOException;
import java.util.List;

/** Clients that write while faults happen, and the check of what they were promised. */
interface Workload extends AutoCloseable {
  /** For the report. */
  String name();

  void start();

  /** Ends the writing; every write that began has ended when this returns. */
  void stop() throws InterruptedException;

  Ledger ledger();

  /**
   * Compares what is stored with what was promised, after {@link #stop}.
   *
   * @return a line for each broken promise; empty when all were kept
   */
  List<String> check();

  /** A line for the report. */
  default String summary(List<String> broken) {
    return "%s: %d acknowledged, %d open, %d promises broken"
        .formatted(name(), ledger().count(), ledger().unknownCount(), broken.size());
  }

  @Override
  void close() throws IOException;
}
