package dev.trivet.lessor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.proto.etcd.LeaseGrantRequest;
import dev.trivet.proto.etcd.LeaseRevokeRequest;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireLeases;
import dev.trivet.proto.log.OverdueLease;
import dev.trivet.state.Applied;
import dev.trivet.state.StateMachine;
import dev.trivet.state.entry.Change;
import dev.trivet.state.leases.LeaseQueries;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leaders that come, stall and go, in random orders of all that can overlap: a proof and the
 * renewal that it is for, a lease found overdue and the entry that ends it, an election and what it
 * takes over or loses of the former leader's log.
 */
final class LeaseRacesTest {
  private static final int PROGRAMS = 20;
  private static final int STEPS = 600;
  private static final int LEASES = 3;

  @TempDir Path folder;

  @Test
  void noLeaseEndsBeforeWhatWasPromisedAndAllEndWhenNobodyRenews() {
    int ends = 0;
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      try (Store store = Store.open(folder.resolve("p" + seed), StoreOptions.DEFAULT)) {
        World world = new World(store, seed);
        for (int step = 0; step < STEPS; step++) {
          world.step();
        }
        world.leaveAlone();
        ends += world.ends;
      }
    }
    assertThat(ends).as("the programs let leases end").isGreaterThan(PROGRAMS);
  }

  /** Which lease: an id may be granted again. */
  private record Grant(long id, long number) {}

  private record Proposal(long term, Command command, Leader by, List<Deadlines.Overdue> overdue) {}

  /** A renewal whose proof is there and which is not counted yet. */
  private record Confirmed(Leader by, long id, long arrivedNanos) {}

  /** What one node has in memory from one term of leadership on, however long it believes in it. */
  private static final class Leader {
    private final long term;
    private final LeaseClock clock;
    private final Deadlines deadlines = new Deadlines();

    Leader(long term, LeaseClock clock) {
      this.term = term;
      this.clock = clock;
    }
  }

  private static final class World {
    private final Store store;
    private final StateMachine machine;
    private final Random random;
    private final long seed;
    private final List<Leader> leaders = new ArrayList<>();
    private final List<Proposal> log = new ArrayList<>();
    private final List<Confirmed> confirmed = new ArrayList<>();
    private final Map<Grant, Long> promisedNanos = new HashMap<>();
    private final Map<Long, Long> current = new HashMap<>();
    private long nanos;
    private long term;
    private long index;
    private int ends;

    World(Store store, long seed) {
      this.store = store;
      this.machine = new StateMachine(store, _ -> true);
      this.random = new Random(seed);
      this.seed = seed;
      elect();
    }

    void step() {
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> nanos += random.nextLong(900_000_000L);
        case 4, 5 -> ask(1 + random.nextInt(LEASES));
        case 6, 7 -> count();
        case 8, 9 -> judge(leaders.get(random.nextInt(leaders.size())));
        case 10, 11, 12 -> commit();
        case 13 -> propose(grant(1 + random.nextInt(LEASES)));
        case 14 -> {
          long id = 1L + random.nextInt(LEASES);
          propose(revoke(id));
          propose(grant(id));
        }
        default -> {
          if (random.nextInt(4) == 0) {
            elect();
          } else {
            fill(leaders.getLast());
          }
        }
      }
    }

    /** The proof is asked for now; only the newest leader gets it. */
    private void ask(long id) {
      if (leaders.getLast().deadlines.isOpen()) {
        confirmed.add(new Confirmed(leaders.getLast(), id, nanos));
      }
    }

    /** A renewal with a proof is counted, perhaps long after, by a leader that may be deposed. */
    private void count() {
      if (confirmed.isEmpty()) {
        return;
      }
      Confirmed renewal = confirmed.remove(random.nextInt(confirmed.size()));
      Deadlines.Renewed renewed =
          renewal.by.deadlines.renew(new long[] {renewal.id}, renewal.by.clock.millis());
      long seconds = renewed.ttlSeconds()[0];
      if (renewed.undecided() == null && seconds > 0 && current.containsKey(renewal.id)) {
        promise(
            new Grant(renewal.id, current.get(renewal.id)),
            renewal.arrivedNanos + seconds * 1_000_000_000L);
      }
    }

    private void promise(Grant grant, long untilNanos) {
      promisedNanos.merge(grant, untilNanos, Math::max);
    }

    private void judge(Leader leader) {
      List<Deadlines.Overdue> overdue = leader.deadlines.takeOverdue(leader.clock.millis(), 2);
      if (!overdue.isEmpty()) {
        ExpireLeases.Builder expire = ExpireLeases.newBuilder().setTerm(leader.term);
        overdue.forEach(
            each ->
                expire.addLeases(
                    OverdueLease.newBuilder().setId(each.id()).setGrant(each.grant())));
        // A deposed leader's proposal is passed on to its successor.
        log.add(
            new Proposal(
                term, Command.newBuilder().setExpireLeases(expire).build(), leader, overdue));
      }
    }

    private void propose(Command command) {
      log.add(new Proposal(term, command, leaders.getLast(), List.of()));
    }

    private void commit() {
      if (!log.isEmpty()) {
        Proposal next = log.removeFirst();
        Applied applied = apply(next.term, next.command);
        Leader newest = leaders.getLast();
        applied.changes().forEach(change -> hear(newest, next.command, change));
        // Who proposed it hears of its outcome, unless it was deposed.
        if (next.by == newest) {
          newest.deadlines.spare(next.overdue);
        }
      }
    }

    private Applied apply(long entryTerm, Command command) {
      return machine.apply(new LogPosition(entryTerm, ++index), 1, List.of(command));
    }

    private void hear(Leader newest, Command command, Change change) {
      switch (change) {
        case Change.LeaseGranted(long id, long number, long seconds) -> {
          newest.deadlines.granted(id, number, seconds, newest.clock.millis());
          current.put(id, number);
          promise(new Grant(id, number), nanos + seconds * 1_000_000_000L);
        }
        case Change.LeaseEnded(long id) -> {
          newest.deadlines.ended(id);
          Grant ended = new Grant(id, Objects.requireNonNull(current.remove(id)));
          if (command.hasExpireLeases()) {
            ends++;
            assertThat(nanos)
                .as("seed %d: end of %s", seed, ended)
                .isGreaterThanOrEqualTo(Objects.requireNonNull(promisedNanos.get(ended)));
          }
        }
        default -> {}
      }
    }

    /** Some of the log is taken over, the rest is lost; the former leader does not know. */
    private void elect() {
      int kept = random.nextInt(log.size() + 1);
      for (int i = 0; i < kept; i++) {
        commit();
      }
      log.clear();
      term++;
      leaders.add(new Leader(term, new LeaseClock(() -> nanos)));
    }

    private void fill(Leader newest) {
      if (newest.deadlines.term() == 0) {
        newest.deadlines.begin(newest.term);
        try (ReadView view = store.view()) {
          LeaseQueries.each(
              view,
              lease ->
                  newest.deadlines.fill(
                      lease.getId(),
                      lease.getGrant(),
                      lease.getTtlSeconds(),
                      newest.clock.millis()));
        }
        assertThat(newest.deadlines.open()).isTrue();
      }
    }

    /** The last leader stays, and nobody renews. */
    private void leaveAlone() {
      fill(leaders.getLast());
      for (int round = 0; round < 100; round++) {
        nanos += 500_000_000L;
        judge(leaders.getLast());
        while (!log.isEmpty()) {
          commit();
        }
      }
      try (ReadView view = store.view()) {
        LeaseQueries.each(
            view, lease -> assertThat(lease.getId()).as("seed %d: is left", seed).isEqualTo(0));
      }
    }

    private static Command grant(long id) {
      return Command.newBuilder()
          .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(2 + id))
          .build();
    }

    private static Command revoke(long id) {
      return Command.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(id)).build();
    }
  }
}
