package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * Where entries leave a leader and reach a follower: the {@link PromptAppender}s of this node, and
 * what they send to. Safe for any thread.
 */
final class Appenders {
  private final PeerNetwork peers;
  private final Set<PromptAppender> running = ConcurrentHashMap.newKeySet();
  private volatile @Nullable RaftServer guarded;

  Appenders(PeerNetwork peers) {
    this.peers = peers;
  }

  /** Once, before anything is sent to this node. */
  void receiveBy(RaftServer server) {
    guarded = server;
  }

  LogAppender make(
      RaftServer.Division division,
      LeaderState leader,
      FollowerInfo follower,
      GrpcServicesImpl services) {
    return new PromptAppender(
        this,
        (replies, changes) ->
            AppendStream.open(
                peers.channel(RaftPeers.member(follower.getPeer(), Member.Role.VOTER)),
                replies,
                changes),
        new PromptAppender.Seat(division, leader, follower, services));
  }

  void began(PromptAppender appender) {
    running.add(appender);
  }

  void ended(PromptAppender appender) {
    running.remove(appender);
  }

  /** Lets followers that do not know of the last commit hear of it now: somebody reads there. */
  void tellCommit() {
    running.forEach(PromptAppender::tellCommit);
  }

  /** What a leader sent, for Ratis. */
  CompletableFuture<AppendEntriesReplyProto> take(AppendEntriesRequestProto request)
      throws IOException {
    RaftServer server = guarded;
    if (server == null) {
      throw new IOException("Raft does not run yet");
    }
    return server.appendEntriesAsync(request);
  }
}
