package dev.trivet.sim;

import dev.trivet.peer.Member;
import java.util.ArrayList;
import java.util.List;

/** The nodes, the network between them, and who keeps account of what they promised. */
final class Cluster {
  private final List<Node> nodes = new ArrayList<>();
  private final List<Member> members;
  private final Network network;
  private final Ledger ledger;

  Cluster(World world) {
    for (int id = 0; id < World.NODES; id++) {
      nodes.add(new Node(world, id));
    }
    this.members = nodes.stream().map(Node::member).toList();
    this.network = new Network(world, this);
    this.ledger = new Ledger(world, nodes);
  }

  List<Node> nodes() {
    return nodes;
  }

  Node node(int id) {
    return nodes.get(id);
  }

  int idOf(Member member) {
    return members.indexOf(member);
  }

  List<Member> members() {
    return members;
  }

  Network network() {
    return network;
  }

  Ledger ledger() {
    return ledger;
  }
}
