package dev.trivet.chaos;

import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.workload.Bank;
import dev.trivet.chaos.workload.HistoryWorkload;
import dev.trivet.chaos.workload.Leases;
import dev.trivet.chaos.workload.Lists;
import dev.trivet.chaos.workload.Locks;
import dev.trivet.chaos.workload.Registers;
import dev.trivet.chaos.workload.Sets;
import dev.trivet.chaos.workload.Watches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Every workload, by name. */
final class Workloads {
  private static final String ALL = "all";

  /** Of those that write for its own sake: the machine is also the nodes'. */
  private static final long PAUSE_MILLIS = 40;

  private static final long BLOB_PAUSE_MILLIS = 150;

  private Workloads() {}

  /**
   * @param names or "all": each that the nodes have the API for
   * @throws IllegalArgumentException with the names that there are
   */
  static List<HistoryWorkload> named(
      List<String> names, Environment environment, long seed, Registers.Reads reads) {
    List<String> endpoints = environment.endpoints();
    Map<String, Supplier<HistoryWorkload>> known = new LinkedHashMap<>();
    known.put("registers", () -> new Registers(endpoints, seed, reads));
    known.put("lists", () -> new Lists(endpoints, seed));
    known.put("bank", () -> new Bank(endpoints, seed));
    known.put("sets", () -> new Sets(endpoints, seed));
    known.put("locks", () -> Locks.locks(endpoints, seed));
    known.put("elections", () -> Locks.elections(endpoints, seed));
    known.put("leases", () -> new Leases(endpoints, seed));
    known.put("watches", () -> new Watches(endpoints, seed));
    known.put(
        "keys", () -> new LedgerWorkload("keys", () -> new KeyWorkload(endpoints, PAUSE_MILLIS)));
    // All others speak etcd's API alone.
    if (environment.obstacle(Set.of(Capability.TRIVET)).isEmpty()) {
      known.put(
          "blobs",
          () -> new LedgerWorkload("blobs", () -> new BlobWorkload(endpoints, BLOB_PAUSE_MILLIS)));
    }
    List<HistoryWorkload> chosen = new ArrayList<>();
    for (String name : names.contains(ALL) ? List.copyOf(known.keySet()) : names) {
      Supplier<HistoryWorkload> workload = known.get(name);
      if (workload == null) {
        throw new IllegalArgumentException(
            "no workload is called '" + name + "', there are: " + known.keySet());
      }
      chosen.add(workload.get());
    }
    return chosen;
  }
}
