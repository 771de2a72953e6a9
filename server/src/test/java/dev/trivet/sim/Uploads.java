package dev.trivet.sim;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Outcome;
import dev.trivet.replicate.Committed;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.ReadView;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Clients that store blobs: an extent on a majority of the nodes first, then the manifest. */
final class Uploads {
  private final World world;
  private final Cluster cluster;
  private final Clients clients;
  private final SplittableRandom chance;

  Uploads(World world, Cluster cluster, Clients clients) {
    this.world = world;
    this.cluster = cluster;
    this.clients = clients;
    this.chance = world.chance("uploads");
  }

  void upload(Action action) {
    ExtentId extent = new ExtentId(chance.nextLong(), chance.nextLong());
    String key = "blob" + clients.nextCall();
    int needed = world.has(Bug.ONE_COPY_OF_EXTENTS) ? 1 : World.NODES / 2 + 1;
    clients.handle(
        cluster
            .network()
            .callByClient(
                action.node(), Clients.CALL_MILLIS, life -> uploadAt(life, key, extent, needed)),
        (outcome, failure) -> {
          clients.note(key, failure == null ? "is stored" : "is not stored: " + failure);
          if (outcome != null && outcome.hasManifest()) {
            cluster.ledger().stored(extent);
          }
        });
  }

  private CompletableFuture<Outcome> uploadAt(Life life, String key, ExtentId extent, int needed) {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    int[] copies = {0};
    for (Node node : cluster.nodes()) {
      CompletableFuture<Void> copy =
          node == life.node()
              ? storeAt(life, extent)
              : cluster
                  .network()
                  .call(
                      life,
                      node.id(),
                      Clients.CALL_MILLIS,
                      ErrorCode.UNREACHABLE,
                      there -> storeAt(there, extent));
      clients.handle(
          copy,
          (_, failure) -> {
            if (failure == null && ++copies[0] == needed) {
              enough.complete(null);
            }
          });
    }
    long began;
    try (ReadView view = life.store().view()) {
      began = Math.max(Counter.LOG_TIME.in(view), life.node().wallMillis());
    }
    return enough
        .thenCompose(_ -> life.replica().propose(Commands.manifest(key, extent, began)))
        .thenApply(Committed::outcome);
  }

  private CompletableFuture<Void> storeAt(Life life, ExtentId extent) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    life.after(
        life.node().raftDisk().syncNanos(),
        () -> {
          life.node().extents().add(extent);
          done.complete(null);
        });
    return done;
  }
}
