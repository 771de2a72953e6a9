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
 */
public record Identity(Member self, String clusterId, List<Member> founders) {
  public Identity {
    founders = List.copyOf(founders);
  }

  public boolean isMember() {
    return !clusterId.isEmpty();
  }

  boolean isFounded() {
    return !founders.isEmpty();
  }
}
