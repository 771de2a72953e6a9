package dev.trivet.replicate;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerErrors;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.StandingResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node belongs to the cluster. A member that is removed hears of it by chance only: the
 * leader stops sending to it when the configuration without it is made. So it asks the others.
 */
final class Belonging {
  private static final Logger LOG = LoggerFactory.getLogger(Belonging.class);

  private final RaftServer.Division division;
  private final PeerNetwork peers;
  private final PeerCalls calls;

  /** Who said to be of another cluster, so that it is told once. */
  private final Set<String> foreign = ConcurrentHashMap.newKeySet();

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
              .exceptionally(
                  failure -> {
                    warnIfForeign(other, failure);
                    return false;
                  }));
    }
    return asked.stream().map(CompletableFuture::join).toList().contains(true);
  }

  /** A person must hear of it when the folder is another cluster's. */
  private void warnIfForeign(Member other, Throwable failure) {
    TrivetException refusal = PeerErrors.known(failure);
    if (refusal.code() == ErrorCode.WRONG_CLUSTER && foreign.add(other.name())) {
      LOG.warn(
          "{} at {} is of another cluster than this node's data folder: {}; start this node with its"
              + " own folder, or with an empty one and have it admitted",
          other.name(),
          other.peerAddress(),
          refusal.getMessage());
    }
  }
}
