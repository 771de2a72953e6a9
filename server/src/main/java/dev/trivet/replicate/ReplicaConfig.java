package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a replica needs to know at its start.
 *
 * @param dataDirectory Raft's log, votes and snapshots live in its folder {@code raft}
 * @param self this node
 * @param clusterId 16 hexadecimal digits
 * @param voters the founding configuration, with this node in it; or nobody, for a node that joins
 *     a cluster which exists: it neither stands for election nor votes until that cluster's leader
 *     has made it a voter. In both cases a configuration that the folder holds takes its place
 * @param electionMin a follower that hears nothing waits at least so long before it stands
 * @param electionMax and at most so long
 * @param bindHost where Raft's port is bound; empty: where others reach it
 * @param trust what nodes ask of each other; the replicas of one process have the same secret
 */
public record ReplicaConfig(
    Path dataDirectory,
    Member self,
    String clusterId,
    List<Member> voters,
    Duration electionMin,
    Duration electionMax,
    String bindHost,
    PeerTrust trust) {
  /** Raft's port is bound where others reach it. */
  public ReplicaConfig(
      Path dataDirectory,
      Member self,
      String clusterId,
      List<Member> voters,
      Duration electionMin,
      Duration electionMax) {
    this(dataDirectory, self, clusterId, voters, electionMin, electionMax, "", PeerTrust.NONE);
  }

  public ReplicaConfig {
    voters = List.copyOf(voters);
    if (!clusterId.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException(
          "a cluster's id has 16 hexadecimal digits: got '" + clusterId + "'");
    }
    if (!voters.isEmpty() && !voters.contains(self)) {
      throw new IllegalArgumentException(
          "a founder is one of the founding voters: got " + self + " and " + voters);
    }
    if (electionMin.toMillis() < 50 || electionMax.compareTo(electionMin) <= 0) {
      throw new IllegalArgumentException(
          "election time-outs are at least 50 ms, and the longer one is greater: got "
              + electionMin
              + " and "
              + electionMax);
    }
  }

  /** Whether this node was not among those that founded the cluster. */
  public boolean isJoining() {
    return voters.isEmpty();
  }
}
