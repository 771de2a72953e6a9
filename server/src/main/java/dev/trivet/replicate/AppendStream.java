package dev.trivet.replicate;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.UnsafeByteOperations;
import dev.trivet.proto.peer.AppendFrame;
import dev.trivet.proto.peer.PeersGrpc;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * A leader's stream of entries to one follower over the peer port. Answers come on the network's
 * own thread; nothing here waits.
 *
 * <p>Safe for any thread, but for {@link #send}, which one thread at a time may call.
 */
final class AppendStream {
  private final Consumer<AppendEntriesReplyProto> onReply;
  private final Runnable onChange;
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile @Nullable ClientCallStreamObserver<AppendFrame> requests;
  private volatile @Nullable Throwable fault;

  private AppendStream(Consumer<AppendEntriesReplyProto> onReply, Runnable onChange) {
    this.onReply = onReply;
    this.onChange = onChange;
  }

  /**
   * Opens a stream; whether it can be used is seen by {@link #isReady}.
   *
   * @param onReply told each answer
   * @param onChange told when the stream became ready again, or is over
   */
  static AppendStream open(
      Channel channel, Consumer<AppendEntriesReplyProto> onReply, Runnable onChange) {
    AppendStream stream = new AppendStream(onReply, onChange);
    // It is nobody's call: it must not end with the one on whose thread it is opened.
    Context.ROOT.run(
        () -> {
          var _ =
              PeersGrpc.newStub(channel)
                  .withExecutor(MoreExecutors.directExecutor())
                  .append(stream.new Answers());
        });
    return stream;
  }

  /** Whether a message would go out now and not pile up here. */
  boolean isReady() {
    ClientCallStreamObserver<AppendFrame> open = requests;
    return open != null && fault == null && open.isReady();
  }

  /** Why the stream is over, or null while it is not. */
  @Nullable Throwable fault() {
    return fault;
  }

  /** Messages with entries that were not answered yet. */
  int unanswered() {
    return unanswered.get();
  }

  void send(AppendEntriesRequestProto request) {
    ClientCallStreamObserver<AppendFrame> open = requests;
    if (open == null || fault != null) {
      return;
    }
    if (request.getEntriesCount() > 0) {
      unanswered.incrementAndGet();
    }
    try {
      open.onNext(
          AppendFrame.newBuilder()
              .setContent(UnsafeByteOperations.unsafeWrap(request.toByteArray()))
              .build());
    } catch (IllegalStateException e) {
      // It ended between the look and the call.
      end(e);
    }
  }

  /** Ends the stream; the other side may have taken what was sent. */
  void cancel(String why) {
    ClientCallStreamObserver<AppendFrame> open = requests;
    if (open != null) {
      open.cancel(why, null);
    }
    if (fault == null) {
      fault = new IllegalStateException(why);
    }
  }

  private void end(Throwable cause) {
    fault = cause;
    onChange.run();
  }

  private final class Answers implements ClientResponseObserver<AppendFrame, AppendFrame> {
    @Override
    public void beforeStart(ClientCallStreamObserver<AppendFrame> stream) {
      stream.setOnReadyHandler(onChange);
      requests = stream;
    }

    @Override
    public void onNext(AppendFrame frame) {
      AppendEntriesReplyProto reply;
      try {
        reply = AppendEntriesReplyProto.parseFrom(frame.getContent().asReadOnlyByteBuffer());
      } catch (InvalidProtocolBufferException e) {
        cancel("an answer that is none");
        end(e);
        return;
      }
      if (!reply.getIsHearbeat()) {
        unanswered.decrementAndGet();
      }
      onReply.accept(reply);
    }

    @Override
    public void onError(Throwable failure) {
      end(failure);
    }

    @Override
    public void onCompleted() {
      end(new IllegalStateException("the follower ended the stream"));
    }
  }
}
