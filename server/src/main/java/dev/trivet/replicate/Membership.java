package dev.trivet.replicate;

import dev.trivet.peer.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Who belongs to the cluster. Changes are made by the leader, to which another node hands them; a
 * change is in force, and known here, when its future is done. One at a time.
 */
public interface Membership {
  /** A newcomer is admitted once it has caught up, which takes minutes with many gigabytes. */
  Duration LONGEST_CHANGE = Duration.ofHours(1);

  /** Members of the configuration in force. */
  List<Member> members();

  /** Nodes that wait at the door: they have introduced themselves lately and are not members. */
  List<Member> waiting();

  /**
   * The node that is being admitted by this node, with what it must catch up on first; empty at
   * other times and at other nodes.
   */
  List<Member> admitting();

  /**
   * Admits a waiting node as a learner. When a member of the same name has another incarnation,
   * that one is removed in the same change.
   */
  CompletableFuture<Void> add(String name);

  /** Makes a learner a voter; refused with {@code LEARNER_NOT_READY} until it has caught up. */
  CompletableFuture<Void> promote(String name);

  CompletableFuture<Void> remove(String name);

  CompletableFuture<Void> transferLeadership(String name);
}
