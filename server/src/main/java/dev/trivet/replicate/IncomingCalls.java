package dev.trivet.replicate;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the network and Ratis. It
 *
 * <ul>
 *   <li>refuses what is meant for another node: addresses are taken over by new incarnations, which
 *       must not vote or acknowledge in the old one's stead;
 *   <li>holds answers back until term and vote, entries, and a snapshot that has arrived, are on
 *       disk;
 *   <li>tells a joining node when it may vote: Ratis marks requests to it as initializing until it
 *       has caught up as a voter, but for learners it forgets to end that;
 *   <li>refuses Ratis's client and administration calls, which nobody has to make by the network.
 * </ul>
 */
final class IncomingCalls implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(IncomingCalls.class);

  private final RaftServer server;
  private final DurableVotes votes;
  private final DurableEntries entries;
  private final SnapshotFolders snapshots;

  private IncomingCalls(
      RaftServer server, DurableVotes votes, DurableEntries entries, SnapshotFolders snapshots) {
    this.server = server;
    this.votes = votes;
    this.entries = entries;
    this.snapshots = snapshots;
  }

  static RaftServer guard(
      RaftServer server, DurableVotes votes, DurableEntries entries, SnapshotFolders snapshots) {
    return (RaftServer)
        Proxy.newProxyInstance(
            IncomingCalls.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            new IncomingCalls(server, votes, entries, snapshots));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (arguments == null || arguments.length != 1) {
      return Delegate.call(server, method, arguments);
    }
    RaftRpcRequestProto from =
        switch (arguments[0]) {
          case RequestVoteRequestProto request -> request.getServerRequest();
          case AppendEntriesRequestProto request -> request.getServerRequest();
          case InstallSnapshotRequestProto request -> request.getServerRequest();
          case StartLeaderElectionRequestProto request -> request.getServerRequest();
          case ReadIndexRequestProto request -> request.getServerRequest();
          case RaftClientRequest request -> throw refused(request);
          case null, default -> null;
        };
    if (from == null) {
      return Delegate.call(server, method, arguments);
    }
    requireForThisNode(from);
    if (arguments[0] instanceof AppendEntriesRequestProto request) {
      return append(method, withInitializing(request));
    }
    SnapshotChunkProto chunk =
        arguments[0] instanceof InstallSnapshotRequestProto request && request.hasSnapshotChunk()
            ? request.getSnapshotChunk()
            : null;
    if (chunk != null && chunk.getRequestIndex() == 0) {
      LOG.info("a snapshot of {} arrives", TermIndex.valueOf(chunk.getTermIndex()));
      snapshots.dropArrivals();
    }
    Object answer = Delegate.call(server, method, arguments);
    votes.sync();
    if (chunk != null && answer instanceof InstallSnapshotReplyProto reply) {
      syncFiles(chunk, reply);
    }
    return answer;
  }

  /** Who is told of a term is told of a vote as well. */
  private @Nullable Object append(Method method, AppendEntriesRequestProto request)
      throws Throwable {
    if (!method.getReturnType().equals(CompletableFuture.class)) {
      throw new UnsupportedOperationException("entries are taken without waiting for the disk");
    }
    return request.getEntriesCount() == 0
        ? told(method, request)
        : entries.append(() -> told(method, request));
  }

  @SuppressWarnings("unchecked") // Ratis declares it so.
  private CompletableFuture<AppendEntriesReplyProto> told(
      Method method, AppendEntriesRequestProto request) throws Throwable {
    Object answer = Delegate.call(server, method, new Object[] {request});
    votes.sync();
    return (CompletableFuture<AppendEntriesReplyProto>) Objects.requireNonNull(answer);
  }

  /** Of the last chunk's files only the new place is left to sync: see ReplicatedState.pause. */
  private void syncFiles(SnapshotChunkProto chunk, InstallSnapshotReplyProto reply)
      throws IOException {
    if (reply.getResult() != InstallSnapshotResult.SUCCESS) {
      return;
    }
    if (chunk.getDone()) {
      snapshots.syncPlace();
      entries.beginAnew();
      LOG.info("the snapshot of {} is in place", TermIndex.valueOf(chunk.getTermIndex()));
      return;
    }
    for (FileChunkProto file : chunk.getFileChunksList()) {
      if (file.getDone()) {
        snapshots.forceArrival(chunk.getRequestId(), file.getFilename());
      }
    }
  }

  private void requireForThisNode(RaftRpcRequestProto from) throws IOException {
    RaftPeerId meant = RaftPeerId.valueOf(from.getReplyId());
    if (!meant.equals(server.getId())) {
      throw new IOException("the call is for " + meant + ", this node is " + server.getId());
    }
  }

  /** A node counts as initializing until a configuration that it has makes it a voter. */
  private AppendEntriesRequestProto withInitializing(AppendEntriesRequestProto request)
      throws IOException {
    RaftServer.Division division =
        server.getDivision(ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
    boolean isVoter = division.getRaftConf().getPeer(server.getId()) != null;
    return request.getInitializing() == isVoter
        ? request.toBuilder().setInitializing(!isVoter).build()
        : request;
  }

  private static UnsupportedOperationException refused(RaftClientRequest request) {
    return new UnsupportedOperationException(
        "calls of Raft's clients are not served here: " + request.getType());
  }
}
