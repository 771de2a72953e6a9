package dev.trivet.api;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Committed;
import dev.trivet.replicate.Leadership;
import java.util.concurrent.CompletableFuture;

/** A log that nobody leads and that takes nothing, for what only asks who leads. */
public class QuietLog implements CommandLog {
  @Override
  public CompletableFuture<Committed> propose(Command command) {
    return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
  }

  @Override
  public CompletableFuture<Long> readBarrier() {
    return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
  }

  @Override
  public CompletableFuture<Long> confirmLeadership() {
    return CompletableFuture.failedFuture(ErrorCode.NO_LEADER.exception());
  }

  @Override
  public Leadership leadership() {
    return new Leadership(1, null, false);
  }

  @Override
  public long committedIndex() {
    return 0;
  }

  @Override
  public long appliedIndex() {
    return 0;
  }
}
