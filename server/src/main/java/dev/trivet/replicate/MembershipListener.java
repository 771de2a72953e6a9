package dev.trivet.replicate;

import dev.trivet.peer.Member;
import java.util.List;

/** Hears of each configuration that comes into force. */
public interface MembershipListener {
  /**
   * Called in the order of the log on the apply thread, or on a network thread while a snapshot is
   * received: must not block.
   *
   * @param members voters and learners; while one configuration gives way to the next, those of
   *     both
   */
  void onMembers(List<Member> members);
}
