package dev.trivet.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Has nodes of a run work with a bug on purpose. A checkout has one, found as a service; a
 * distribution is packed without it, and so nobody's cluster can be given such a bug.
 */
public interface Planting {
  /**
   * What a run is made with.
   *
   * @param flags of the nodes' virtual machines
   * @param faults that bring the bug to light, in their order
   * @param workloads that notice it
   */
  record Planted(List<String> flags, List<String> faults, List<String> workloads) {
    /** Copies the lists. */
    public Planted {
      flags = List.copyOf(flags);
      faults = List.copyOf(faults);
      workloads = List.copyOf(workloads);
    }
  }

  /**
   * Prepares one.
   *
   * @param folder of the run
   * @throws IllegalArgumentException when no bug has that name
   */
  Planted plant(String name, Path folder) throws IOException;

  /**
   * The one that is here.
   *
   * @throws IllegalArgumentException in a distribution
   */
  static Planting here() {
    return ServiceLoader.load(Planting.class)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--plant: this distribution has no bugs to plant; a checkout of the source"
                        + " has: chaos-tests/run chaos --plant NAME"));
  }
}
