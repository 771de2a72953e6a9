package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.entry.Change;
import dev.trivet.state.keys.EventLog;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.keys.KeyRequests;
import dev.trivet.store.ReadView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs of commands, made from a seed, against {@link KeyModel}: every answer, every
 * range and every event. Then each program again, in other entries and from the rows of its middle,
 * to the same hash of all rows.
 */
final class KeyProgramTest {
  /** More in a long run: {@code -Dtrivet.programs=1000000}. */
  private static final int PROGRAMS = Integer.getInteger("trivet.programs", 10_000);

  private static final int FEWEST_STEPS = 8;
  private static final int MORE_STEPS = 30;

  @TempDir Path folder;

  @Test
  void tenThousandProgramsLeaveWhatTheModelSaysWhateverTheEntriesRestartsAndSnapshots() {
    try (ReusedStore one = new ReusedStore(folder.resolve("one"));
        ReusedStore other = new ReusedStore(folder.resolve("other"))) {
      for (long seed = 1; seed <= PROGRAMS; seed++) {
        Random random = new Random(seed);
        Program program = runAndCompare(one, seed, random);
        program.assertSameState(one, other, seed, random);
      }
    }
  }

  private static Program runAndCompare(ReusedStore store, long seed, Random random) {
    KeyCommandMaker maker = new KeyCommandMaker(random);
    KeyModel model = new KeyModel();
    List<Program.Step> steps = new ArrayList<>();
    long millis = 1_000_000;
    store.clear();
    Command first =
        Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build();
    var _ = store.apply(millis, List.of(first));
    steps.add(new Program.Step(millis, first));
    int count = FEWEST_STEPS + random.nextInt(MORE_STEPS);
    for (int step = 1; step <= count; step++) {
      String at = "seed " + seed + ", step " + step;
      // Neighbours with the same time can share an entry.
      millis += random.nextInt(3) == 0 ? random.nextInt(4500) : 0;
      Command command = maker.next(model.revision());
      long before = model.revision();
      Applied applied = store.apply(millis, List.of(command));
      steps.add(new Program.Step(millis, command));
      follow(model, command, applied.outcomes().getFirst(), at);
      assertThat(changed(applied)).as(at).isEqualTo(happened(model, before + 1));
      try (ReadView view = store.view()) {
        compareRange(view, model, maker, at);
      }
    }
    try (ReadView view = store.view()) {
      comparePast(view, model, random, "seed " + seed);
    }
    return new Program(steps);
  }

  /** Does the command on the model and compares what both say. */
  private static void follow(KeyModel model, Command command, Outcome outcome, String at) {
    boolean isRefused = outcome.hasRefusal();
    switch (command.getKindCase()) {
      case PUT ->
          assertThat(isRefused)
              .as(at)
              .isEqualTo(!isValid(command) || model.put(command.getPut()) == null);
      case DELETE_RANGE ->
          assertThat(outcome.getDeleteRange().getDeleted())
              .as(at)
              .isEqualTo(model.delete(command.getDeleteRange()));
      case TXN -> {
        @Nullable Boolean held = isValid(command) ? model.txn(command.getTxn()) : null;
        assertThat(isRefused).as(at).isEqualTo(held == null);
        assertThat(outcome.getTxn().getSucceeded()).as(at).isEqualTo(held != null && held);
      }
      case LEASE_GRANT -> {
        long id = command.getLeaseGrant().getID();
        assertThat(isRefused).as(at).isEqualTo(model.leases.containsKey(id));
        long ttl = command.getLeaseGrant().getTTL();
        if (!isRefused) {
          model.leases.put(id, new KeyModel.Lease(ttl, ++model.grants));
        }
      }
      case LEASE_RENEW -> {
        KeyModel.Lease lease = model.leases.get(command.getLeaseRenew().getID());
        assertThat(outcome.getLeaseRenew().getTTL())
            .as(at)
            .isEqualTo(lease == null ? 0 : lease.ttlSeconds());
      }
      case LEASE_REVOKE -> {
        assertThat(isRefused)
            .as(at)
            .isEqualTo(!model.leases.containsKey(command.getLeaseRevoke().getID()));
        if (!isRefused) {
          model.revoke(command.getLeaseRevoke().getID());
        }
      }
      case EXPIRE_LEASES -> {
        assertThat(isRefused).as(at).isEqualTo(command.getExpireLeases().getTerm() != 1);
        if (!isRefused) {
          expire(model, command.getExpireLeases());
        }
      }
      case COMPACT -> {
        long revision = command.getCompact().getRevision();
        assertThat(isRefused)
            .as(at)
            .isEqualTo(revision <= model.compacted || revision > model.revision());
        if (!isRefused) {
          model.compacted = revision;
        }
      }
      default ->
          throw new IllegalArgumentException(
              "not made by these programs: " + command.getKindCase());
    }
  }

  private static void expire(KeyModel model, ExpireLeases expire) {
    for (OverdueLease overdue : expire.getLeasesList()) {
      KeyModel.Lease lease = model.leases.get(overdue.getId());
      if (lease != null && lease.grant() == overdue.getGrant()) {
        model.revoke(overdue.getId());
      }
    }
  }

  private static void compareRange(
      ReadView view, KeyModel model, KeyCommandMaker maker, String at) {
    RangeRequest request = maker.range(Math.max(1, model.compacted), model.revision());
    NavigableMap<String, KeyModel.Version> rows =
        request.getRevision() == 0
            ? model.now()
            : model.states.getOrDefault(request.getRevision(), new TreeMap<>());
    KeyAnswers expected = KeyAnswers.of(rows, request);

    RangeResponse response = KeyQueries.range(view, request, Long.MAX_VALUE);

    assertThat(response.getKvsList().stream().map(KeyProgramTest::text).toList())
        .as("%s: %s", at, request)
        .isEqualTo(expected.keys());
    assertThat(response.getCount()).as(at).isEqualTo(expected.count());
    assertThat(response.getMore()).as(at).isEqualTo(expected.more());
    assertThat(response.getHeader().getRevision()).as(at).isEqualTo(model.revision());
  }

  /** What a watcher catches up from, starting anywhere. */
  private static void comparePast(ReadView view, KeyModel model, Random random, String at) {
    long from = 1 + random.nextLong(model.revision() + 1);
    if (from < model.compacted) {
      assertThatThrownBy(() -> EventLog.read(view, from, Integer.MAX_VALUE))
          .as(at)
          .isInstanceOfSatisfying(
              TrivetException.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.COMPACTED));
      return;
    }
    List<String> actual = new ArrayList<>();
    for (Change.KeysChanged change : EventLog.read(view, from, Integer.MAX_VALUE)) {
      // What was before a compaction's revision may be gone.
      boolean isWhole = change.revision() > model.compacted;
      change.events().forEach(event -> actual.add(text(change.revision(), event, isWhole)));
    }
    List<String> expected = new ArrayList<>();
    model
        .events
        .tailMap(from)
        .forEach(
            (revision, events) ->
                events.forEach(
                    event -> expected.add(text(revision, event, revision > model.compacted))));
    assertThat(actual).as(at).isEqualTo(expected);
  }

  /** What watchers are told of an entry. */
  private static List<String> changed(Applied applied) {
    List<String> events = new ArrayList<>();
    for (Change change : applied.changes()) {
      if (change instanceof Change.KeysChanged(long revision, List<Event> changes)) {
        changes.forEach(event -> events.add(text(revision, event, true)));
      }
    }
    return events;
  }

  private static List<String> happened(KeyModel model, long from) {
    List<String> events = new ArrayList<>();
    model
        .events
        .tailMap(from)
        .forEach((revision, all) -> all.forEach(event -> events.add(text(revision, event, true))));
    return events;
  }

  private static boolean isValid(Command command) {
    try {
      if (command.hasTxn()) {
        KeyRequests.check(command.getTxn());
      } else {
        KeyRequests.check(command.getPut());
      }
      return true;
    } catch (TrivetException refusal) {
      return false;
    }
  }

  private static String text(long revision, Event event, boolean isWithBefore) {
    String now =
        event.getType() == Event.EventType.DELETE
            ? "delete " + event.getKv().getKey().toStringUtf8()
            : text(event.getKv());
    String before = event.hasPrevKv() ? text(event.getPrevKv()) : "nothing";
    return revision + " " + now + (isWithBefore ? " after " + before : "");
  }

  private static String text(long revision, KeyModel.Happened event, boolean isWithBefore) {
    KeyModel.Version now = event.now();
    KeyModel.Version before = event.before();
    String text = now == null ? "delete " + event.key() : KeyAnswers.text(event.key(), now);
    String after = before == null ? "nothing" : KeyAnswers.text(event.key(), before);
    return revision + " " + text + (isWithBefore ? " after " + after : "");
  }

  private static String text(KeyValue kv) {
    return KeyAnswers.text(
        kv.getKey().toStringUtf8(),
        new KeyModel.Version(
            kv.getValue().toStringUtf8(),
            kv.getCreateRevision(),
            kv.getModRevision(),
            kv.getVersion(),
            kv.getLease()));
  }
}
