package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.proto.peer.ObserveTermResponse;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/** What a {@link ReadBarriers round} asks of this node's Raft and of the other voters. */
interface Electorate {
  RaftPeerId self();

  /** The newest term that this node knows. */
  long term();

  boolean isLeader();

  /** Whether this node leads and has committed an entry of its own term. */
  boolean isLeaderReady();

  long committedIndex();

  RaftConfiguration configuration();

  /** The newest term that another voter knows when it is asked, which is after this call. */
  CompletableFuture<ObserveTermResponse> observeTerm(RaftPeer voter);

  /** Ratis on this node, and the other nodes by the peer port. */
  record OfRatis(RaftServer.Division division, PeerCalls calls) implements Electorate {
    @Override
    public RaftPeerId self() {
      return division.getId();
    }

    @Override
    public long term() {
      return division.getInfo().getCurrentTerm();
    }

    @Override
    public boolean isLeader() {
      return division.getInfo().isLeader();
    }

    @Override
    public boolean isLeaderReady() {
      return division.getInfo().isLeaderReady();
    }

    @Override
    public long committedIndex() {
      return division.getRaftLog().getLastCommittedIndex();
    }

    @Override
    public RaftConfiguration configuration() {
      return division.getRaftConf();
    }

    @Override
    public CompletableFuture<ObserveTermResponse> observeTerm(RaftPeer voter) {
      return calls.observeTerm(RaftPeers.member(voter, Member.Role.VOTER));
    }
  }
}
