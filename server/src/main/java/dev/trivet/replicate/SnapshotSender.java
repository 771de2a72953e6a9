package dev.trivet.replicate;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.peer.AppendFrame;
import dev.trivet.proto.peer.PeersGrpc;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one snapshot to one follower over the peer port, on the thread that calls, which waits for
 * all answers.
 *
 * <p>Ratis's own sender notes a chunk as sent only after sending it: an answer that comes before
 * makes it begin again, and a snapshot of thousands of chunks never arrives. What is in a message
 * and what the follower does with it is Ratis's.
 *
 * <p>Invariant: as many chunks are on their way as permits are taken from the window.
 */
final class SnapshotSender {
  /** Chunks on their way, each of {@link RaftSettings#SNAPSHOT_CHUNK_BYTES}. */
  private static final int WINDOW = 32;

  /** Who has not answered at all for so long is not there: meanwhile no snapshot is written. */
  private static final Duration FIRST_SILENCE = Duration.ofSeconds(10);

  /** Who has not answered for so long gets no more. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** The last chunk is answered when the follower has all files on its disk. */
  private static final Duration LAST_SILENCE = Duration.ofMinutes(10);

  private static final long LOOK_MILLIS = 200;

  private final BooleanSupplier isWanted;
  private final Consumer<InstallSnapshotReplyProto> onReply;
  private final Semaphore window = new Semaphore(WINDOW);
  private volatile long lastAnswer = System.nanoTime();
  private volatile boolean isAnswered;
  private volatile @Nullable IOException fault;

  /**
   * @param isWanted asked while it waits: no longer, when this node has ceased to lead
   * @param onReply told each answer, on the network's thread
   */
  SnapshotSender(BooleanSupplier isWanted, Consumer<InstallSnapshotReplyProto> onReply) {
    this.isWanted = isWanted;
    this.onReply = onReply;
  }

  /**
   * Sends all chunks and returns when the follower has answered to the last one. Once.
   *
   * @throws IOException when it did not take one, was silent for too long, or it is not wanted any
   *     more: what has arrived there is of no use
   */
  void send(Channel channel, Iterable<InstallSnapshotRequestProto> chunks)
      throws IOException, InterruptedException {
    Answers answers = new Answers();
    // It is nobody's call: it must not end with the one on whose thread it is opened.
    Context.ROOT.run(
        () -> {
          var _ =
              PeersGrpc.newStub(channel)
                  .withExecutor(MoreExecutors.directExecutor())
                  .installSnapshot(answers);
        });
    ClientCallStreamObserver<AppendFrame> requests = answers.requests();
    try {
      for (InstallSnapshotRequestProto chunk : chunks) {
        take(1, SILENCE);
        requests.onNext(
            AppendFrame.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(chunk.toByteArray()))
                .build());
      }
      take(WINDOW, LAST_SILENCE);
      requests.onCompleted();
    } catch (IOException | RuntimeException | InterruptedException e) {
      requests.cancel("the snapshot is not sent to its end", e);
      throw e;
    }
  }

  /** Whether the follower has taken anything. */
  boolean isAnswered() {
    return isAnswered;
  }

  private void take(int permits, Duration silence) throws IOException, InterruptedException {
    while (!window.tryAcquire(permits, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      throwFault();
      if (!isWanted.getAsBoolean()) {
        throw new IOException("it is not wanted any more");
      }
      Duration limit = isAnswered ? silence : FIRST_SILENCE;
      if (System.nanoTime() - lastAnswer > limit.toNanos()) {
        throw new IOException("the follower has not answered for " + limit);
      }
    }
    throwFault();
  }

  private void throwFault() throws IOException {
    IOException known = fault;
    if (known != null) {
      throw known;
    }
  }

  private void answered(InstallSnapshotReplyProto reply) {
    lastAnswer = System.nanoTime();
    isAnswered = true;
    onReply.accept(reply);
    switch (reply.getResult()) {
      case SUCCESS, IN_PROGRESS, ALREADY_INSTALLED -> window.release();
      case NOT_LEADER,
          CONF_MISMATCH,
          SNAPSHOT_INSTALLED,
          SNAPSHOT_UNAVAILABLE,
          SNAPSHOT_EXPIRED,
          UNRECOGNIZED ->
          fault = new IOException("the follower said " + reply.getResult());
    }
  }

  private final class Answers implements ClientResponseObserver<AppendFrame, AppendFrame> {
    private @Nullable ClientCallStreamObserver<AppendFrame> requests;

    ClientCallStreamObserver<AppendFrame> requests() {
      ClientCallStreamObserver<AppendFrame> begun = requests;
      if (begun == null) {
        throw new IllegalStateException("the call was not begun");
      }
      return begun;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AppendFrame> stream) {
      requests = stream;
    }

    @Override
    public void onNext(AppendFrame frame) {
      try {
        answered(InstallSnapshotReplyProto.parseFrom(frame.getContent().asReadOnlyByteBuffer()));
      } catch (InvalidProtocolBufferException e) {
        fault = new IOException("the follower's answer is none", e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      fault = new IOException("the follower did not take it: " + failure.getMessage(), failure);
    }

    @Override
    public void onCompleted() {
      fault = new IOException("the follower ended the stream");
    }
  }
}
