package dev.trivet.client;

import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import java.util.ArrayList;
import java.util.List;

/** Whether a cluster could lose a server now, and if not, what it lacks. */
public final class Wholeness {
  private Wholeness() {}

  /**
   * What a cluster lacks to be whole: empty if there is a leader, every member is reachable, has
   * applied what was committed at {@code sinceIndex}, and misses no bytes.
   *
   * @param sinceIndex a committed index of the past: under load the newest is always being applied
   */
  public static List<String> lacks(ClusterStatusResponse status, long sinceIndex) {
    List<String> lacks = new ArrayList<>();
    if (status.getLeader().isEmpty()) {
      lacks.add("no leader is known");
    }
    if (status.getMembersCount() == 0) {
      lacks.add(status.getAnsweringMember() + " names no members");
    }
    for (MemberStatus member : status.getMembersList()) {
      if (member.getRole().equals("WAITING") || member.getRole().equals("EXPECTED")) {
        continue; // At the door, or added and not started: nobody counts on it.
      }
      if (!member.getIsReachable()) {
        lacks.add(member.getName() + " is not reachable");
      } else if (member.getAppliedIndex() < sinceIndex) {
        lacks.add(
            member.getName() + " has applied " + member.getAppliedIndex() + " of " + sinceIndex);
      } else if (member.getMissingExtents() > 0) {
        lacks.add(member.getName() + " misses " + member.getMissingExtents() + " extents");
      }
    }
    return lacks;
  }
}
