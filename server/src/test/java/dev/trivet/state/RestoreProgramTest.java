package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.proto.snapshot.SnapshotHead;
import dev.trivet.proto.snapshot.SnapshotPart;
import dev.trivet.proto.snapshot.SnapshotRows;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.state.snapshots.KeySnapshot;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of random key spaces, restored row by row in any order, some rows twice. */
final class RestoreProgramTest {
  private static final List<Table> SAME =
      List.of(Table.CURRENT, Table.HISTORY, Table.REVISIONS, Table.LEASE_KEY);
  private static final List<Counter> AUTH_COUNTERS =
      List.of(Counter.AUTH_ENABLED, Counter.AUTH_REVISION, Counter.AUTH_USERS, Counter.AUTH_ROLES);
  private static final int PROGRAMS = 150;
  private static final int AUTH_PROGRAMS = 25;
  private static final long MILLIS = 5_000_000;

  @TempDir Path folder;
  private long index;

  @Test
  void aRestoredKeySpaceHasTheSameKeysHistoryAndLeases() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      Random random = new Random(seed);
      try (Store from = open("from" + seed);
          Store to = open("to" + seed)) {
        new KeyCommandMaker(random).commands(60).forEach(command -> apply(from, command));
        List<SnapshotPart> parts = snapshot(from, seed);

        restore(to, parts, random);

        for (Table table : SAME) {
          assertThat(rows(to, table))
              .as("seed %d, table %s", seed, table)
              .isEqualTo(rows(from, table));
        }
        assertThat(leases(to)).as("seed %d", seed).isEqualTo(leases(from));
        assertThat(now(to)).as("seed %d", seed).isEqualTo(now(from));
      }
    }
  }

  @Test
  void aRestoredClusterHasTheSameUsersRolesAndPermissions() {
    for (long seed = 1; seed <= AUTH_PROGRAMS; seed++) {
      Random random = new Random(seed);
      AuthCommandMaker maker = new AuthCommandMaker(random);
      try (Store from = open("from" + seed);
          Store to = open("to" + seed)) {
        maker.beginning().forEach(command -> apply(from, command));
        for (int i = 0; i < 60; i++) {
          apply(from, maker.asked(maker.change(), counter(from, Counter.AUTH_REVISION)));
        }
        List<SnapshotPart> parts = snapshot(from, seed);

        restore(to, parts, random);

        for (Table table : List.of(Table.AUTH_USER, Table.AUTH_ROLE)) {
          assertThat(rows(to, table))
              .as("seed %d, table %s", seed, table)
              .isEqualTo(rows(from, table));
        }
        for (Counter counter : AUTH_COUNTERS) {
          assertThat(counter(to, counter))
              .as("seed %d, %s", seed, counter)
              .isEqualTo(counter(from, counter));
        }
      }
    }
  }

  @Test
  void aRestoreMayEndTwiceThoughItTurnedAuthenticationOn() {
    try (Store from = guarded("from");
        Store to = open("to")) {
      List<SnapshotPart> parts = snapshot(from, 1);
      parts.forEach(part -> apply(to, step(part)));

      assertThat(refusal(apply(to, grant(9)))).isEqualTo("USER_EMPTY");
      assertThat(refusal(apply(to, step(parts.getLast())))).isEmpty();
      assertThat(refusal(apply(to, step(parts.getFirst())))).isEqualTo("USER_EMPTY");
    }
  }

  @Test
  void whileARestoreIsUnderWayNoUserIsMadeAndNobodyTurnsAuthenticationOn() {
    try (Store from = guarded("from");
        Store to = open("to")) {
      List<SnapshotPart> parts = snapshot(from, 1);
      parts.subList(0, parts.size() - 1).forEach(part -> apply(to, step(part)));

      for (Command command : new AuthCommandMaker(new Random(1)).beginning()) {
        assertThat(refusal(apply(to, command))).isEqualTo("RESTORING");
      }

      assertThat(refusal(apply(to, step(parts.getLast())))).isEmpty();
      assertThat(rows(to, Table.AUTH_USER)).isEqualTo(rows(from, Table.AUTH_USER));
    }
  }

  @Test
  void aClusterWithUsersTakesOnlyASnapshotWithoutAndKeepsItsOwn() {
    try (Store with = guarded("with");
        Store without = open("without");
        Store to = guarded("to")) {
      apply(without, grant(7));

      assertThat(refusal(apply(to, asRoot(step(snapshot(with, 1).getFirst())))))
          .isEqualTo("RESTORE_REFUSED");
      for (SnapshotPart part : snapshot(without, 2)) {
        assertThat(refusal(apply(to, step(part)))).isEqualTo("USER_EMPTY");
        assertThat(refusal(apply(to, asRoot(step(part))))).isEmpty();
      }
      assertThat(rows(to, Table.AUTH_USER)).isEqualTo(rows(with, Table.AUTH_USER));
      assertThat(counter(to, Counter.AUTH_ENABLED)).isEqualTo(1);
      assertThat(leases(to)).hasSize(1);
    }
  }

  @Test
  void whileARestoreIsUnderWayNoKeyIsReadOrWrittenAndNoLeaseEnds() {
    try (Store from = open("from");
        Store to = open("to")) {
      apply(from, grant(7));
      List<SnapshotPart> parts = snapshot(from, 1);
      apply(to, step(parts.getFirst()));
      parts.stream().filter(SnapshotPart::hasRows).forEach(part -> apply(to, step(part)));

      assertThat(refusal(apply(to, grant(9)))).isEqualTo("RESTORING");
      assertThatThrownBy(() -> now(to)).hasMessageContaining("being restored");
      apply(
          to, Command.newBuilder().setTakeLeadership(TakeLeadership.getDefaultInstance()).build());
      ExpireLeases expire =
          ExpireLeases.newBuilder()
              .setTerm(1)
              .addLeases(OverdueLease.newBuilder().setId(7))
              .build();
      assertThat(refusal(apply(to, Command.newBuilder().setExpireLeases(expire).build())))
          .isEqualTo("RESTORING");
      assertThat(leases(to)).hasSize(1);
    }
  }

  @Test
  void aClusterWithKeysOrAnotherRestoreUnderWayRefusesASnapshot() {
    try (Store from = open("from");
        Store written = open("written");
        Store restoring = open("restoring")) {
      apply(from, grant(1));
      List<SnapshotPart> one = snapshot(from, 1);
      List<SnapshotPart> other = snapshot(from, 2);
      apply(written, grant(3));

      assertThat(refusal(apply(written, step(one.getFirst())))).isEqualTo("RESTORE_REFUSED");
      assertThat(refusal(apply(written, step(one.get(1))))).isEqualTo("RESTORE_REFUSED");
      assertThat(refusal(apply(restoring, step(one.getFirst())))).isEmpty();
      assertThat(refusal(apply(restoring, step(other.getFirst())))).isEqualTo("RESTORE_REFUSED");
      assertThat(refusal(apply(restoring, step(one.getFirst())))).isEmpty();
      assertThat(refusal(apply(restoring, step(other.getLast())))).isEqualTo("RESTORE_REFUSED");
      assertThat(refusal(apply(restoring, step(one.getLast())))).isEmpty();
      assertThat(refusal(apply(restoring, step(one.getLast())))).isEmpty();
    }
  }

  @Test
  void whoWatchesHearsOfTheRestoredRevision() {
    try (Store from = open("from");
        Store to = open("to")) {
      new KeyCommandMaker(new Random(3)).commands(60).forEach(command -> apply(from, command));
      List<SnapshotPart> parts = snapshot(from, 1);
      apply(to, step(parts.getFirst()));

      List<Change> changes =
          new StateMachine(to, id -> true)
              .apply(new LogPosition(1, ++index), MILLIS, List.of(step(parts.getLast())))
              .changes();

      assertThat(changes)
          .containsExactly(new Change.Restored(parts.getFirst().getHead().getRevision()));
    }
  }

  private Store open(String name) {
    return Store.open(folder.resolve(name), StoreOptions.DEFAULT);
  }

  /** A store with users and authentication on. */
  private Store guarded(String name) {
    Store store = open(name);
    new AuthCommandMaker(new Random(1)).beginning().forEach(command -> apply(store, command));
    assertThat(counter(store, Counter.AUTH_ENABLED)).isEqualTo(1);
    return store;
  }

  private static Command asRoot(Command command) {
    return command.toBuilder()
        .setAskedBy(Asker.newBuilder().setUser("root").setAuthRevision(Long.MAX_VALUE))
        .build();
  }

  private static long counter(Store store, Counter counter) {
    try (ReadView view = store.view()) {
      return counter.in(view);
    }
  }

  private Outcome apply(Store store, Command command) {
    return new StateMachine(store, id -> true)
        .apply(new LogPosition(1, ++index), MILLIS, List.of(command))
        .outcomes()
        .getFirst();
  }

  private static String refusal(Outcome outcome) {
    return outcome.getRefusal().getCode();
  }

  private static Command grant(long id) {
    return Command.newBuilder()
        .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(5))
        .build();
  }

  private static Command step(SnapshotPart part) {
    return Command.newBuilder().setRestore(part).build();
  }

  private static List<SnapshotPart> snapshot(Store store, long id) {
    List<SnapshotPart> parts = new ArrayList<>();
    try (ReadView view = store.view()) {
      KeySnapshot.read(view, SnapshotHead.newBuilder().setId(id).build(), parts::add);
    }
    return parts;
  }

  /** Head, every row for itself and some again, in any order, end. */
  private void restore(Store store, List<SnapshotPart> parts, Random random) {
    List<Command> rows = new ArrayList<>();
    for (SnapshotPart part : parts) {
      part.getRows()
          .getRowsList()
          .forEach(
              row ->
                  rows.add(
                      step(
                          SnapshotPart.newBuilder()
                              .setRows(
                                  SnapshotRows.newBuilder()
                                      .setTable(part.getRows().getTable())
                                      .addRows(row))
                              .build())));
    }
    if (!rows.isEmpty()) {
      rows.addAll(rows.subList(0, random.nextInt(rows.size())));
    }
    Collections.shuffle(rows, random);
    apply(store, step(parts.getFirst()));
    rows.forEach(row -> assertThat(refusal(apply(store, row))).isEmpty());
    assertThat(refusal(apply(store, step(parts.getLast())))).isEmpty();
  }

  private static List<String> rows(Store store, Table table) {
    List<String> rows = new ArrayList<>();
    try (ReadView view = store.view();
        Cursor cursor = view.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        rows.add(
            HexFormat.of().formatHex(cursor.key())
                + "="
                + HexFormat.of().formatHex(cursor.value()));
      }
    }
    return rows;
  }

  /** Ids, times to live and keys. */
  private static Set<String> leases(Store store) {
    Set<String> leases = new TreeSet<>();
    try (ReadView view = store.view()) {
      LeaseQueries.leases(view)
          .getLeasesList()
          .forEach(
              lease -> {
                var known = LeaseQueries.timeToLive(view, lease.getID(), true);
                leases.add(lease.getID() + " " + known.getGrantedTTL() + keys(known));
              });
    }
    return leases;
  }

  private static List<String> keys(LeaseTimeToLiveResponse lease) {
    return lease.getKeysList().stream().map(ByteString::toStringUtf8).toList();
  }

  private static Object now(Store store) {
    try (ReadView view = store.view()) {
      return KeyQueries.range(
          view,
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFrom(new byte[1]))
              .setRangeEnd(ByteString.copyFrom(new byte[1]))
              .build(),
          Long.MAX_VALUE);
    }
  }
}
