package dev.trivet.sim;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.log.Outcome;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Clients that read what was, and others that give it up. */
final class History {
  /** So far back is read, and compacted, at most. */
  private static final int BACK = 12;

  private static final int TRIES = 4;

  private final World world;
  private final Clients clients;
  private final Ledger ledger;

  History(World world, Cluster cluster, Clients clients) {
    this.world = world;
    this.clients = clients;
    this.ledger = cluster.ledger();
  }

  private long revision(Action action) {
    return Math.max(1, ledger.acknowledgedRevision() - action.number() % BACK);
  }

  void compact(Action action) {
    long revision = revision(action);
    String call = "compaction of revision " + revision;
    ledger.compactionAsked(revision);
    clients.propose(
        call,
        action.node(),
        Commands.compact(world.has(Bug.COMPACTION_OF_ONE_MORE) ? revision + 1 : revision),
        TRIES,
        outcome -> compacted(revision, outcome));
  }

  private void compacted(long revision, Outcome outcome) {
    if (outcome.hasCompact()) {
      ledger.compacted(revision);
    } else if (!isCode(ErrorCode.COMPACTED, outcome.getRefusal().getCode())) {
      world.broken(
          Promise.ANSWER_IS_TRUE,
          "revision %d is not compacted: %s".formatted(revision, outcome.getRefusal()));
    }
  }

  void readOld(Action action) {
    String key = Clients.key(action);
    long revision = revision(action);
    long compacted = ledger.compactedRevision();
    clients.range(
        "read of %s as of revision %d".formatted(key, revision),
        action.node(),
        RangeRequest.newBuilder().setKey(Commands.bytes(key)).setRevision(revision).build(),
        answer -> ledger.readOld(key, revision, answer, compacted),
        failure -> {
          if (isCode(ErrorCode.COMPACTED, codeOf(failure))) {
            ledger.refusedAsCompacted(revision);
          } else if (isCode(ErrorCode.FUTURE_REVISION, codeOf(failure))) {
            world.broken(
                Promise.FRESH_READ, "revision %d was known and is not there".formatted(revision));
          }
        });
  }

  private static boolean isCode(ErrorCode code, String name) {
    return code.name().equals(name);
  }

  private static String codeOf(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof TrivetException known ? known.code().name() : "";
  }
}
