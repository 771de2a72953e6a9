package dev.trivet.replicate;

import dev.trivet.peer.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a replica needs to know at its start.
 *
 * @param dataDirectory Raft's log, votes and snapshots live in its folder {@code raft}
 * @param self this node
 * @param clusterId 16 hexadecimal digits
 * @param voters the founding configuration; a later one in the log takes its place
 * @param electionMin a follower that hears nothing waits at least so long before it stands
 * @param electionMax and at most so long
 */
public record ReplicaConfig(
    Path dataDirectory,
    Member self,
    String clusterId,
    List<Member> voters,
    Duration electionMin,
    Duration electionMax) {
  public ReplicaConfig {
    voters = List.copyOf(voters);
    if (!clusterId.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException(
          "a cluster's id has 16 hexadecimal digits: got '" + clusterId + "'");
    }
    if (electionMin.toMillis() < 50 || electionMax.compareTo(electionMin) <= 0) {
      throw new IllegalArgumentException(
          "election time-outs are at least 50 ms, and the longer one is greater: got "
              + electionMin
              + " and "
              + electionMax);
    }
  }
}
