package dev.trivet.lessor;

import dev.trivet.peer.Member;
import java.util.concurrent.CompletableFuture;

/** A node's calls about leases to the one that leads. Safe for any thread; no method waits. */
interface LeaderCalls {
  /** This member leads: ends the calls to the former leader if that was another one. */
  void follow(Member current);

  /** Times to live in the order of the ids, 0 for a lease that does not exist. */
  CompletableFuture<long[]> renew(Member current, long[] ids);

  /** What is left of a lease; -1 if there is none. */
  CompletableFuture<Long> remainingMillis(Member current, long id);
}
