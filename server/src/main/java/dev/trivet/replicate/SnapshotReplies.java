package dev.trivet.replicate;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.AppendFrame;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;

/**
 * A follower's side of a {@link SnapshotSender}: hands each chunk to Ratis in the order of the
 * stream, away from the network's thread since it waits for the disk. The first one that Ratis does
 * not take ends the stream; the leader begins again.
 */
final class SnapshotReplies implements StreamObserver<AppendFrame> {
  /** Ratis behind the guard that holds answers back until what they tell is on disk. */
  interface Follower {
    InstallSnapshotReplyProto install(InstallSnapshotRequestProto request) throws IOException;
  }

  private final Follower follower;
  private final StreamObserver<AppendFrame> leader;
  private final Executor turns;

  /** In a turn only. */
  private boolean isOver;

  /**
   * @param threads where chunks are written, one at a time
   */
  SnapshotReplies(Follower follower, StreamObserver<AppendFrame> leader, Executor threads) {
    this.follower = follower;
    this.leader = leader;
    this.turns = MoreExecutors.newSequentialExecutor(threads);
  }

  @Override
  public void onNext(AppendFrame frame) {
    turns.execute(() -> take(frame));
  }

  private void take(AppendFrame frame) {
    if (isOver) {
      return;
    }
    try {
      InstallSnapshotReplyProto reply =
          follower.install(
              InstallSnapshotRequestProto.parseFrom(frame.getContent().asReadOnlyByteBuffer()));
      leader.onNext(
          AppendFrame.newBuilder()
              .setContent(UnsafeByteOperations.unsafeWrap(reply.toByteArray()))
              .build());
    } catch (IOException | RuntimeException e) {
      isOver = true;
      leader.onError(
          PeerErrors.toStatus(
              ErrorCode.NO_LEADER.exception("the snapshot was not taken: " + e.getMessage(), e)));
    }
  }

  @Override
  public void onError(Throwable gone) {
    turns.execute(() -> isOver = true);
  }

  @Override
  public void onCompleted() {
    turns.execute(
        () -> {
          if (!isOver) {
            isOver = true;
            leader.onCompleted();
          }
        });
  }
}
