package dev.trivet.sim;

import dev.trivet.errors.ErrorCode;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Messages between hosts: the nodes, and one host of all clients. A message is delayed, overtaken,
 * or lost; it never comes twice.
 */
final class Network {
  /** The host of the clients. */
  static final int CLIENTS = World.NODES;

  private static final int HOSTS = World.NODES + 1;
  private static final int LOST_PERCENT = 33;

  private final World world;
  private final Cluster cluster;
  private final long[][] cutUntil = new long[HOSTS][HOSTS];
  private final long[] losingUntil = new long[HOSTS];
  private final long[] slowUntil = new long[HOSTS];
  private final SplittableRandom[][] chance = new SplittableRandom[HOSTS][HOSTS];

  Network(World world, Cluster cluster) {
    this.world = world;
    this.cluster = cluster;
    for (int from = 0; from < HOSTS; from++) {
      for (int to = 0; to < HOSTS; to++) {
        chance[from][to] = world.chance("link " + from + " " + to);
      }
    }
  }

  void cut(int from, int to, long untilNanos) {
    cutUntil[from][to] = Math.max(cutUntil[from][to], untilNanos);
  }

  void isolate(int node, long untilNanos) {
    for (int other = 0; other < World.NODES; other++) {
      if (other != node) {
        cut(node, other, untilNanos);
        cut(other, node, untilNanos);
      }
    }
  }

  void lose(int from, long untilNanos) {
    losingUntil[from] = Math.max(losingUntil[from], untilNanos);
  }

  void slow(int from, long untilNanos) {
    slowUntil[from] = Math.max(slowUntil[from], untilNanos);
  }

  /** Delivers something to a node, if it is up then. */
  void send(int from, int to, Consumer<Life> what) {
    send(from, to, () -> cluster.node(to).deliver(what));
  }

  void send(int from, int to, Runnable what) {
    SplittableRandom link = chance[from][to];
    int luck = link.nextInt(100);
    long delay = link.nextLong(100_000, 1_500_000);
    if (luck < 2) {
      delay += link.nextLong(200_000_000);
    } else if (luck < 10) {
      delay += link.nextLong(15_000_000);
    }
    if (world.nowNanos() < slowUntil[from]) {
      delay += link.nextLong(500_000_000);
    }
    boolean isLost =
        world.nowNanos() < cutUntil[from][to]
            || (world.nowNanos() < losingUntil[from] && link.nextInt(100) < LOST_PERCENT);
    if (!isLost) {
      world.after(
          delay,
          () -> {
            // What is on the way when a link is cut does not arrive.
            if (world.nowNanos() >= cutUntil[from][to]) {
              what.run();
            }
          });
    }
  }

  /** A call from node to node: fails with the code when no answer came in time. */
  <T> CompletableFuture<T> call(
      Life from,
      int to,
      long timeoutMillis,
      ErrorCode onTimeout,
      Function<Life, CompletableFuture<T>> there) {
    CompletableFuture<T> result = new CompletableFuture<>();
    int self = from.node().id();
    send(
        self,
        to,
        life -> {
          var _ =
              there
                  .apply(life)
                  .whenComplete(
                      (value, failure) ->
                          send(
                              to,
                              self,
                              () ->
                                  from.run(
                                      () -> {
                                        if (failure == null) {
                                          result.complete(value);
                                        } else {
                                          result.completeExceptionally(failure);
                                        }
                                      })));
        });
    from.after(
        timeoutMillis * World.NANOS_PER_MILLI,
        () -> result.completeExceptionally(onTimeout.exception()));
    return result;
  }

  /** A client's call: fails with {@code OUTCOME_UNKNOWN} when no answer came in time. */
  <T> CompletableFuture<T> callByClient(
      int to, long timeoutMillis, Function<Life, CompletableFuture<T>> there) {
    CompletableFuture<T> result = new CompletableFuture<>();
    send(
        CLIENTS,
        to,
        life -> {
          var _ =
              there
                  .apply(life)
                  .whenComplete(
                      (value, failure) ->
                          send(
                              to,
                              CLIENTS,
                              () -> {
                                if (failure == null) {
                                  result.complete(value);
                                } else {
                                  result.completeExceptionally(failure);
                                }
                              }));
        });
    world.after(
        timeoutMillis * World.NANOS_PER_MILLI,
        () -> result.completeExceptionally(ErrorCode.OUTCOME_UNKNOWN.exception()));
    return result;
  }
}
