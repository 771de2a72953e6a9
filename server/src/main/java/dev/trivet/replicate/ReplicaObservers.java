package dev.trivet.replicate;

import java.util.List;
import java.util.function.Consumer;

/**
 * Who hears what a replica does.
 *
 * @param applied in the order in which they are told
 * @param onFatal told when going on would be wrong: the process must stop; may be called more than
 *     once and from any thread
 */
public record ReplicaObservers(
    List<AppliedListener> applied, MembershipListener membership, Consumer<Throwable> onFatal) {
  public ReplicaObservers {
    applied = List.copyOf(applied);
  }
}
