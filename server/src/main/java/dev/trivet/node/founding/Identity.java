package dev.trivet.node.founding;

import dev.trivet.peer.Member;
import java.util.List;

/**
 * Who a node is, as its data folder says.
 *
 * <p>The incarnation was drawn when the folder was born: with the folder gone, the node is another
 * one, whatever it is called.
 *
 * @param clusterId 16 hexadecimal digits; empty until the node belongs to a cluster
 * @param founders the founding voters, this node among them; empty for a node that was admitted
 *     later, which takes the configuration from the cluster's log
 * @param isComplete the folder has held everything a member keeps; what is not there now was lost
 */
public record Identity(Member self, String clusterId, List<Member> founders, boolean isComplete) {
  public Identity {
    founders = List.copyOf(founders);
  }

  /** Of a folder that holds everything from now on. */
  public Identity complete() {
    return new Identity(self, clusterId, founders, true);
  }

  public boolean isMember() {
    return !clusterId.isEmpty();
  }

  boolean isFounded() {
    return !founders.isEmpty();
  }
}
