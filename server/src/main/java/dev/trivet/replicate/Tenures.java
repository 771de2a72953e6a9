package dev.trivet.replicate;

import dev.trivet.peer.Member;
import io.grpc.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long calls live that are made to a node since it leads: until soon after another one leads. A
 * node whose server is lost answers nothing and refuses nothing, and a call to it would otherwise
 * wait for its deadline, with the client behind it, while the cluster serves again.
 *
 * <p>Safe for any thread.
 */
final class Tenures {
  /** A former leader that is alive says in this time what became of its commands. */
  private static final Executor SOON =
      CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);

  private final Map<Long, Context.CancellableContext> tenures = new ConcurrentHashMap<>();

  /** What calls to this node are started in. */
  Context of(Member leader) {
    return tenures.computeIfAbsent(leader.id(), _ -> Context.ROOT.withCancellation());
  }

  /**
   * Another node leads: ends the calls to all others, a little later.
   *
   * @param leader asked for then; null while none is known, which ends nothing
   */
  void changed(Supplier<@Nullable Member> leader) {
    SOON.execute(
        () -> {
          Member now = leader.get();
          if (now != null) {
            endAllBut(now.id());
          }
        });
  }

  private void endAllBut(long leader) {
    for (long id : List.copyOf(tenures.keySet())) {
      Context.CancellableContext ended = id == leader ? null : tenures.remove(id);
      if (ended != null) {
        ended.cancel(null);
      }
    }
  }
}
