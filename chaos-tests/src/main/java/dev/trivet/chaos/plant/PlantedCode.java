package dev.trivet.chaos.plant;

import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.entry.Change.KeysChanged;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What edited methods call. Public, since they are of other packages. */
public final class PlantedCode {
  /** A watch is not told of one revision in so many. */
  private static final long ONE_REVISION_IN = 50;

  /** A range ends after so many keys. */
  private static final int MOST_KEYS = 100;

  private static final AtomicLong REVISIONS = new AtomicLong();

  private PlantedCode() {}

  /** What watchers are told, without a revision now and then. */
  public static List<KeysChanged> withoutSome(List<KeysChanged> wanted) {
    return wanted.stream().filter(_ -> REVISIONS.incrementAndGet() % ONE_REVISION_IN != 0).toList();
  }

  /** What is answered when nothing is known yet. */
  public static List<Outcome> outcomesBeforeCommit(List<Command> commands) {
    Outcome put = Outcome.newBuilder().setPut(PutResponse.getDefaultInstance()).build();
    Outcome other = Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
    return commands.stream().map(command -> command.hasPut() ? put : other).toList();
  }

  /** A transaction's guards without those that ask who created a key. */
  public static List<Compare> withoutFences(List<Compare> guards) {
    return guards.stream()
        .filter(
            guard ->
                guard.getTarget() != Compare.CompareTarget.CREATE || guard.getCreateRevision() == 0)
        .toList();
  }

  /** A range's answer, cut off; and it says that there is no more. */
  public static RangeResponse cutShort(RangeResponse whole) {
    if (whole.getKvsCount() <= MOST_KEYS) {
      return whole;
    }
    List<KeyValue> first = List.copyOf(whole.getKvsList().subList(0, MOST_KEYS));
    return whole.toBuilder().clearKvs().addAllKvs(first).setMore(false).build();
  }

  /** Takes the newest revision out of a checkpoint that was just written. */
  public static void withoutLastBatch(Path checkpoint) {
    ShortCheckpoint.cut(checkpoint);
  }
}
