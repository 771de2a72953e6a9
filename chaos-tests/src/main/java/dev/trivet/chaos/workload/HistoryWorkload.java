package dev.trivet.chaos.workload;

import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Vacuity;
import dev.trivet.chaos.history.Operation;
import java.io.IOException;
import java.util.List;

/** Clients at work, and the judgement of what they were told. */
public interface HistoryWorkload extends AutoCloseable {
  /** As the command line and the report have it. */
  String name();

  /** Begins; the cluster serves by now. */
  void start() throws IOException, InterruptedException;

  /** Ends the work; every call that began has ended when this returns. */
  void stop() throws InterruptedException;

  /** How many calls came to what. */
  Vacuity.Effort effort();

  /** What was asked and answered, for the report; empty where only acknowledgements are noted. */
  default List<? extends Operation<?, ?>> operations() {
    return List.of();
  }

  /** Judges, after {@link #stop}; may ask the nodes what they hold. */
  List<Judgement> judge() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
