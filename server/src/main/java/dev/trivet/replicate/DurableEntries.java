package dev.trivet.replicate;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.jspecify.annotations.Nullable;

/**
 * Holds back a follower's answers to entries until these are on its disk. Ratis does so for entries
 * that come once. One that comes again is in its memory already, and it says at once that it has
 * it: though the first write may still wait for the disk, or have failed. A leader sends entries
 * again whenever an answer is late.
 *
 * <p>Invariant: an answer that entries were taken leaves the node only when every write that was
 * begun before them has ended, and none has failed.
 *
 * <p>Safe for any thread.
 */
final class DurableEntries {
  /** Hands entries to Ratis. */
  interface Log {
    CompletableFuture<AppendEntriesReplyProto> append() throws Throwable;
  }

  private CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);
  private volatile boolean isFailed;

  /**
   * From now on nothing is said to be on disk; the node ends. To be called before those who wait
   * for the write learn that it has failed.
   */
  void fail() {
    isFailed = true;
  }

  /**
   * The log begins anew behind a snapshot: Ratis has forgotten the writes that waited, which now
   * never end.
   */
  synchronized void beginAnew() {
    latest = CompletableFuture.completedFuture(null);
  }

  /** The answer to entries; failed when the log has failed. */
  CompletableFuture<AppendEntriesReplyProto> append(Log log) throws Throwable {
    CompletableFuture<Void> written = new CompletableFuture<>();
    CompletableFuture<Void> before;
    synchronized (this) {
      before = latest;
      latest = written;
    }
    CompletableFuture<AppendEntriesReplyProto> answer = new CompletableFuture<>();
    var _ =
        answer.whenComplete(
            (_, _) -> {
              var _ = before.thenRun(() -> written.complete(null));
            });
    try {
      var _ = log.append().whenComplete((reply, failure) -> end(answer, reply, failure));
    } catch (Throwable e) {
      answer.completeExceptionally(e);
      throw e;
    }
    return answer.thenCompose(
        reply ->
            reply.getResult() == AppendResult.SUCCESS
                ? before.thenApply(_ -> checked(reply))
                : CompletableFuture.completedFuture(reply));
  }

  private static void end(
      CompletableFuture<AppendEntriesReplyProto> answer,
      @Nullable AppendEntriesReplyProto reply,
      @Nullable Throwable failure) {
    if (reply == null) {
      answer.completeExceptionally(
          failure == null ? new IllegalStateException("no answer") : failure);
    } else {
      answer.complete(reply);
    }
  }

  private AppendEntriesReplyProto checked(AppendEntriesReplyProto reply) {
    if (isFailed) {
      throw new CompletionException(new IOException("the log of this node has failed"));
    }
    return reply;
  }
}
