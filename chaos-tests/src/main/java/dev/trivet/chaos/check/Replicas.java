package dev.trivet.chaos.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether all nodes hold the same state: by hashes of their keys, and by what they said when they
 * compared themselves with each other.
 */
public final class Replicas {
  private static final String SAME = "all nodes hold the same state";

  /**
   * A node's keys.
   *
   * @param revision up to which versions are in the hash
   * @param compactedRevision before which they are not
   */
  public record Digest(String node, long revision, long compactedRevision, int hash) {}

  /** What a node said of a difference that it found itself. */
  public record Complaint(String node, String text) {}

  private record Extent(long revision, long compactedRevision) {}

  private Replicas() {}

  /** Judges what nodes hold; only digests of the same revisions are compared. */
  public static Judgement check(List<Digest> digests, List<Complaint> complaints) {
    Findings findings = new Findings("replicas");
    Map<Extent, Digest> first = new HashMap<>();
    for (Digest digest : digests) {
      Digest other =
          first.putIfAbsent(new Extent(digest.revision(), digest.compactedRevision()), digest);
      if (other != null && other.hash() != digest.hash()) {
        findings.add(
            SAME,
            "up to revision %d %s has hash %08x, %s has %08x"
                .formatted(
                    digest.revision(), other.node(), other.hash(), digest.node(), digest.hash()));
      }
    }
    complaints.forEach(
        complaint -> findings.add(SAME, complaint.node() + " says: " + complaint.text()));
    return findings.judgement(
        "%d nodes, %d compared".formatted(digests.size(), digests.size() - first.size()));
  }
}
