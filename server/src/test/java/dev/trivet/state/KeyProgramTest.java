package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.entry.Change;
import dev.trivet.state.keys.EventLog;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.keys.KeyRequests;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs of commands, made from a seed, against {@link KeyModel}. */
final class KeyProgramTest {
  private static final int PROGRAMS = 60;
  private static final int STEPS = 80;

  @TempDir Path folder;

  @Test
  void everyProgramLeavesWhatTheModelSays() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      runAndCompare(seed);
    }
  }

  @Test
  void theSameCommandsInOtherEntriesAndWithRestartsMakeTheSameState() {
    for (long seed = 1; seed <= 12; seed++) {
      List<Program.Step> steps =
          new KeyCommandMaker(new Random(seed))
              .commands(150).stream().map(command -> new Program.Step(5_000, command)).toList();
      new Program(steps).assertSameState(folder, seed, 1);
    }
  }

  private void runAndCompare(long seed) {
    Random random = new Random(seed);
    KeyCommandMaker maker = new KeyCommandMaker(random);
    KeyModel model = new KeyModel();
    long millis = 1_000_000;
    try (Store store = Store.open(folder.resolve("p" + seed), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      apply(
          machine,
          0,
          millis,
          Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build());
      for (int step = 1; step <= STEPS; step++) {
        String at = "seed " + seed + ", step " + step;
        millis += random.nextInt(1500);
        Command command = maker.next(model.revision());
        Outcome outcome = apply(machine, step, millis, command);
        follow(model, command, outcome, millis, at);
        try (ReadView view = store.view()) {
          compareRange(view, model, maker, at);
        }
      }
      try (ReadView view = store.view()) {
        compareEvents(view, model, "seed " + seed);
      }
    }
  }

  /** Does the command on the model and compares what both say. */
  private static void follow(
      KeyModel model, Command command, Outcome outcome, long millis, String at) {
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
        model.leases.putIfAbsent(id, new KeyModel.Lease(ttl, millis + ttl * 1000));
      }
      case LEASE_RENEW -> {
        KeyModel.Lease lease = model.leases.get(command.getLeaseRenew().getID());
        assertThat(outcome.getLeaseRenew().getTTL())
            .as(at)
            .isEqualTo(lease == null ? 0 : lease.ttlSeconds());
        model.leases.computeIfPresent(
            command.getLeaseRenew().getID(),
            (id, old) -> new KeyModel.Lease(old.ttlSeconds(), millis + old.ttlSeconds() * 1000));
      }
      case LEASE_REVOKE -> {
        assertThat(isRefused)
            .as(at)
            .isEqualTo(!model.leases.containsKey(command.getLeaseRevoke().getID()));
        if (!isRefused) {
          model.revoke(command.getLeaseRevoke().getID());
        }
      }
      case EXPIRE_DUE -> expire(model, millis);
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

  private static void expire(KeyModel model, long millis) {
    List<Map.Entry<Long, KeyModel.Lease>> due = new ArrayList<>();
    model.leases.entrySet().stream()
        .filter(lease -> lease.getValue().expiresMillis() <= millis)
        .sorted(
            Map.Entry.<Long, KeyModel.Lease>comparingByValue(
                    (a, b) -> Long.compare(a.expiresMillis(), b.expiresMillis()))
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(due::add);
    due.forEach(lease -> model.revoke(lease.getKey()));
  }

  private static void compareRange(
      ReadView view, KeyModel model, KeyCommandMaker maker, String at) {
    RangeRequest request = maker.range(Math.max(1, model.compacted), model.revision());
    NavigableMap<String, KeyModel.Version> rows =
        request.getRevision() == 0 ? model.now() : model.states.get(request.getRevision());
    RangeResponse response = KeyQueries.range(view, request, Long.MAX_VALUE);
    List<String> expected = new ArrayList<>();
    if (rows != null) {
      KeyModel.range(rows, request.getKey().toStringUtf8(), request.getRangeEnd().toStringUtf8())
          .forEach((key, version) -> expected.add(text(key, version)));
    }
    List<String> limited =
        request.getLimit() > 0 && request.getLimit() < expected.size()
            ? expected.subList(0, Math.toIntExact(request.getLimit()))
            : expected;
    assertThat(response.getKvsList().stream().map(KeyProgramTest::text))
        .as("%s: %s", at, request)
        .isEqualTo(limited);
    assertThat(response.getCount()).as(at).isEqualTo(expected.size());
    assertThat(response.getMore()).as(at).isEqualTo(limited.size() < expected.size());
    assertThat(response.getHeader().getRevision()).as(at).isEqualTo(model.revision());
  }

  private static void compareEvents(ReadView view, KeyModel model, String at) {
    long from = Math.max(1, model.compacted);
    List<String> actual = new ArrayList<>();
    for (Change.KeysChanged change : EventLog.read(view, from, Integer.MAX_VALUE)) {
      change.events().forEach(event -> actual.add(change.revision() + " " + text(event)));
    }
    List<String> expected = new ArrayList<>();
    model
        .events
        .tailMap(from)
        .forEach(
            (revision, events) -> {
              for (KeyModel.Happened event : events) {
                KeyModel.Version now = event.now();
                expected.add(
                    revision
                        + " "
                        + (now == null ? "delete " + event.key() : text(event.key(), now)));
              }
            });
    assertThat(actual).as(at).isEqualTo(expected);
  }

  private static Outcome apply(StateMachine machine, long index, long millis, Command command) {
    return machine.apply(new LogPosition(1, index), millis, List.of(command)).outcomes().getFirst();
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

  private static String text(Event event) {
    return event.getType() == Event.EventType.DELETE
        ? "delete " + event.getKv().getKey().toStringUtf8()
        : text(event.getKv());
  }

  private static String text(KeyValue kv) {
    return text(
        kv.getKey().toStringUtf8(),
        new KeyModel.Version(
            kv.getValue().toStringUtf8(),
            kv.getCreateRevision(),
            kv.getModRevision(),
            kv.getVersion(),
            kv.getLease()));
  }

  private static String text(String key, KeyModel.Version version) {
    return key + " " + version;
  }
}
