package dev.trivet.chaos;

import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/** Something bad that happens to nodes and can be undone. */
interface Fault {
  /** Makes it happen; what it returns has to be given to {@link #undo}. */
  List<NodeProcess> inflict(LocalCluster cluster, RandomGenerator random)
      throws IOException, InterruptedException;

  /** Lets the victims run again. */
  void undo(LocalCluster cluster, List<NodeProcess> victims)
      throws IOException, InterruptedException;

  /** For the report. */
  String name();
}
