package dev.trivet.chaos.plant;

import java.util.List;
import java.util.Set;

/**
 * A bug on purpose.
 *
 * @param name as the command line has it
 * @param what nodes do wrong with it, in a few words
 * @param edits that make it
 * @param hunt how it is found
 */
public record Plant(String name, String what, List<Edit> edits, Hunt hunt) {
  /** Copies the edits. */
  public Plant {
    edits = List.copyOf(edits);
  }

  /**
   * The shortest run that finds it.
   *
   * @param faults in their order; one may come more than once
   * @param workloads that notice it
   * @param promises of which the run has to name one
   */
  public record Hunt(List<String> faults, List<String> workloads, Set<String> promises) {
    /** Copies the lists. */
    public Hunt {
      faults = List.copyOf(faults);
      workloads = List.copyOf(workloads);
      promises = Set.copyOf(promises);
    }
  }
}
