package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.StandingResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node belongs to the cluster. A member that is removed hears of it by chance only: the
 * leader stops sending to it when the configuration without it is made. So it asks the others.
 */
final class Belonging {
  private final RaftServer.Division division;
  private final PeerNetwork peers;
  private final PeerCalls calls;

  /** Whether a committed configuration had this node; found out by the one thread that asks. */
  private boolean wasIn;

  Belonging(
      RaftServer.Division division, PeerNetwork peers, PeerCalls calls, ReplicaConfig config) {
    this.division = division;
    this.peers = peers;
    this.calls = calls;
    this.wasIn = !config.isJoining();
  }

  /** Whether one configuration, voters, learners and those of a change under way, has a node. */
  static boolean includes(RaftConfiguration configuration, RaftPeerId id) {
    return configuration.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null;
  }

  /**
   * What this node can tell another of its standing; null while the newest configuration here is
   * not committed, since it may yet be void.
   */
  @Nullable StandingResponse standingOf(String id) {
    RaftConfiguration known = division.getRaftConf();
    if (known.getLogEntryIndex() > division.getRaftLog().getLastCommittedIndex()) {
      return null;
    }
    return StandingResponse.newBuilder()
        .setConfigurationIndex(known.getLogEntryIndex())
        .setIsMember(includes(known, RaftPeerId.valueOf(id)))
        .build();
  }

  /**
   * Whether a configuration later than all that this node knows to be committed leaves it out; a
   * node that was never in is not removed. Blocks for some seconds at most.
   */
  boolean isRemoved() {
    RaftConfiguration known = division.getRaftConf();
    if (!includes(known, division.getId())) {
      return wasIn;
    }
    long committed = division.getRaftLog().getLastCommittedIndex();
    wasIn |= known.getLogEntryIndex() <= committed;
    long newest = Math.min(known.getLogEntryIndex(), committed);
    List<CompletableFuture<Boolean>> asked = new ArrayList<>();
    for (Member other : peers.others()) {
      asked.add(
          calls
              .standing(other, division.getId().toString())
              .thenApply(
                  standing -> standing.getConfigurationIndex() > newest && !standing.getIsMember())
              .exceptionally(_ -> false));
    }
    return asked.stream().map(CompletableFuture::join).toList().contains(true);
  }
}
