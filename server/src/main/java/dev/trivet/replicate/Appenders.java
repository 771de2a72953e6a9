package dev.trivet.replicate;

import dev.trivet.peer.Member;
import dev.trivet.peer.PeerNetwork;
import dev.trivet.proto.peer.AppendFrame;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * Where entries leave a leader and reach a follower: the {@link PromptAppender}s of this node, and
 * what they send to. Safe for any thread.
 */
final class Appenders implements AutoCloseable {
  private final PeerNetwork peers;
  private final Set<PromptAppender> running = ConcurrentHashMap.newKeySet();
  private final ExecutorService chunkThreads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("snapshot-chunks-", 0).daemon().factory());
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
        () -> peers.channel(RaftPeers.member(follower.getPeer(), Member.Role.VOTER)),
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

  /** A leader's stream of entries for this node. */
  StreamObserver<AppendFrame> takeEntries(StreamObserver<AppendFrame> answers) {
    return new AppendReplies(request -> guarded().appendEntriesAsync(request), answers);
  }

  /** A leader's snapshot for this node. */
  StreamObserver<AppendFrame> takeSnapshot(StreamObserver<AppendFrame> answers) {
    return new SnapshotReplies(
        request -> guarded().installSnapshot(request), answers, chunkThreads);
  }

  private RaftServer guarded() throws IOException {
    RaftServer server = guarded;
    if (server == null) {
      throw new IOException("Raft does not run yet");
    }
    return server;
  }

  @Override
  public void close() {
    chunkThreads.shutdown();
  }
}
