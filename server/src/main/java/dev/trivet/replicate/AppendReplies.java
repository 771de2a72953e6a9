package dev.trivet.replicate;

import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.errors.ErrorCode;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.peer.AppendFrame;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.jspecify.annotations.Nullable;

/**
 * A follower's side of a leader's {@link AppendStream}: each message is handed to Ratis in the
 * order of the stream, on the network's own thread, and answered when its entries are on disk. The
 * first one that Ratis does not take ends the stream; the leader goes on in Ratis's own way.
 */
final class AppendReplies implements StreamObserver<AppendFrame> {
  /** Ratis behind the guard that holds answers back until term and vote are on disk. */
  interface Follower {
    CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
        throws IOException;
  }

  private final Follower follower;
  private final StreamObserver<AppendFrame> leader;
  private boolean isOver;

  AppendReplies(Follower follower, StreamObserver<AppendFrame> leader) {
    this.follower = follower;
    this.leader = leader;
  }

  @Override
  public void onNext(AppendFrame frame) {
    CompletableFuture<AppendEntriesReplyProto> answer;
    try {
      answer =
          follower.append(
              AppendEntriesRequestProto.parseFrom(frame.getContent().asReadOnlyByteBuffer()));
    } catch (IOException | RuntimeException e) {
      answer(null, e);
      return;
    }
    var _ = answer.whenComplete(this::answer);
  }

  /** From any thread: answers to several messages may come at once. */
  private synchronized void answer(
      @Nullable AppendEntriesReplyProto reply, @Nullable Throwable failure) {
    if (isOver) {
      return;
    }
    if (reply == null) {
      isOver = true;
      leader.onError(
          PeerErrors.toStatus(
              ErrorCode.NO_LEADER.exception("the entries were not taken: " + failure)));
      return;
    }
    leader.onNext(
        AppendFrame.newBuilder()
            .setContent(UnsafeByteOperations.unsafeWrap(reply.toByteArray()))
            .build());
  }

  @Override
  public void onError(Throwable gone) {
    end(false);
  }

  @Override
  public void onCompleted() {
    end(true);
  }

  private synchronized void end(boolean isOrderly) {
    if (!isOver) {
      isOver = true;
      if (isOrderly) {
        leader.onCompleted();
      }
    }
  }
}
