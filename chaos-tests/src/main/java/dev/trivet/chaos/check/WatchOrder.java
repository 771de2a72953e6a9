package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.watch.Change;
import dev.trivet.chaos.history.watch.Delivery;
import dev.trivet.chaos.history.watch.Seen;
import dev.trivet.chaos.history.watch.WatchStream;
import dev.trivet.chaos.history.watch.Write;
import dev.trivet.chaos.history.watch.Written;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether watches saw every change once, in order, and each revision whole.
 *
 * <p>What is known to have happened is what was acknowledged and what any watch saw. Each watch has
 * to have seen all of it, from its start to the last revision it knows it has reached.
 */
public final class WatchOrder {
  private static final String ORDER = "a watch delivers events in the order of revisions";
  private static final String ONCE = "a watch delivers each event once";
  private static final String WHOLE = "a watch misses nothing from its start on";
  private static final String BOUNDS = "a watch delivers what it was asked for and no more";
  private static final String TRUE = "a watch delivers only what happened";
  private static final String AGREE = "all watches see the same";
  private static final String PREVIOUS = "the value before an event is the one of the event before";

  private record Spot(long revision, String key) {}

  /** Something that happened, and who says so. */
  private record Fact(Change change, String witness, List<Operation<Write, Written>> operations) {}

  private final List<WatchStream> streams;
  private final List<Operation<Write, Written>> writes;
  private final Findings findings = new Findings("watches");
  private final NavigableMap<Long, Map<String, Fact>> facts = new TreeMap<>();
  private final Set<Change> possible = new HashSet<>();

  private WatchOrder(List<WatchStream> streams, List<Operation<Write, Written>> writes) {
    this.streams = List.copyOf(streams);
    this.writes = List.copyOf(writes);
  }

  /**
   * Judges all watches of a workload.
   *
   * @param writes all to the watched keys, by whomever
   */
  public static Judgement check(List<WatchStream> streams, List<Operation<Write, Written>> writes) {
    return new WatchOrder(streams, writes).check();
  }

  private Judgement check() {
    long events = 0;
    writes.forEach(this::noteWrite);
    for (WatchStream stream : streams) {
      events += checkOrder(stream);
    }
    streams.forEach(this::checkWhole);
    return findings.judgement(
        "%d watches, %d events, %d writes".formatted(streams.size(), events, writes.size()));
  }

  private void noteWrite(Operation<Write, Written> write) {
    switch (write.result()) {
      case Result.Answered<Written>(Written(long revision, List<Change> made)) -> {
        for (Change change : made) {
          facts
              .computeIfAbsent(revision, _ -> new HashMap<>())
              .put(change.key(), new Fact(change, "its writer", List.of(write)));
        }
      }
      case Result.Unknown<Written> _ -> possible.addAll(write.call().changes());
      case Result.Refused<Written> _ -> {}
    }
  }

  /** What a stream shows by itself, and whether each event happened; returns how many it has. */
  private long checkOrder(WatchStream stream) {
    long last = 0;
    long told = 0;
    long events = 0;
    Set<Spot> spots = new HashSet<>();
    Map<String, Change> before = new HashMap<>();
    for (Delivery delivery : stream.deliveries()) {
      for (Seen seen : delivery.events()) {
        events++;
        if (seen.revision() < last) {
          find(ORDER, stream, seen, "after an event of revision " + last);
        } else if (seen.revision() <= told) {
          find(ORDER, stream, seen, "after it was told that all is there up to " + told);
        }
        if (!spots.add(new Spot(seen.revision(), seen.change().key()))) {
          find(ONCE, stream, seen, "twice");
        }
        if (seen.revision() < stream.startRevision()
            || !seen.change().key().startsWith(stream.prefix())) {
          find(
              BOUNDS,
              stream,
              seen,
              "but asked for '%s' from %d on".formatted(stream.prefix(), stream.startRevision()));
        }
        checkTrue(stream, seen);
        checkPrevious(stream, seen, before.get(seen.change().key()));
        before.put(seen.change().key(), seen.change());
        last = Math.max(last, seen.revision());
      }
      if (delivery.events().isEmpty()) {
        told = Math.max(told, delivery.revision());
      }
    }
    return events;
  }

  private void checkTrue(WatchStream stream, Seen seen) {
    Map<String, Fact> there = facts.get(seen.revision());
    Fact fact = there == null ? null : there.get(seen.change().key());
    if (fact != null) {
      if (!fact.change().equals(seen.change())) {
        findings.add(
            AGREE,
            "%s saw %s at revision %d, %s saw %s"
                .formatted(
                    stream.watcher(),
                    seen.change(),
                    seen.revision(),
                    fact.witness(),
                    fact.change()),
            fact.operations());
      }
      return;
    }
    if (!possible.contains(seen.change())) {
      find(TRUE, stream, seen, "which no write that was acknowledged or is unknown made");
    }
    facts
        .computeIfAbsent(seen.revision(), _ -> new HashMap<>())
        .put(seen.change().key(), new Fact(seen.change(), stream.watcher(), List.of()));
  }

  /** Only what the same stream showed before is compared: it has to have been whole. */
  private void checkPrevious(WatchStream stream, Seen seen, @Nullable Change before) {
    boolean isRight =
        switch (seen.previous()) {
          case Seen.Previous.NotAsked _ -> true;
          case Seen.Previous.WasAbsent _ ->
              before == null
                  ? seen.change() instanceof Change.Put
                  : before instanceof Change.Delete;
          case Seen.Previous.Had(String value) ->
              before == null
                  ? stream.startRevision() > 1
                  : before instanceof Change.Put(String _, String put) && put.equals(value);
        };
    if (!isRight) {
      find(
          PREVIOUS,
          stream,
          seen,
          "with %s before it, but the event before was %s"
              .formatted(seen.previous(), before == null ? "none" : before));
    }
  }

  private void checkWhole(WatchStream stream) {
    Set<Spot> spots = new HashSet<>();
    long reached = 0;
    for (Delivery delivery : stream.deliveries()) {
      if (delivery.events().isEmpty()) {
        reached = Math.max(reached, delivery.revision());
      }
      for (Seen seen : delivery.events()) {
        spots.add(new Spot(seen.revision(), seen.change().key()));
        reached = Math.max(reached, seen.revision());
      }
    }
    if (reached < stream.startRevision()) {
      return;
    }
    facts
        .subMap(stream.startRevision(), true, reached, true)
        .forEach(
            (revision, byKey) ->
                byKey.forEach(
                    (key, fact) -> {
                      if (key.startsWith(stream.prefix())
                          && !spots.contains(new Spot(revision, key))) {
                        findings.add(
                            WHOLE,
                            "%s did not see %s at revision %d, as %s did"
                                .formatted(
                                    stream.watcher(), fact.change(), revision, fact.witness()),
                            fact.operations());
                      }
                    }));
  }

  private void find(String promise, WatchStream stream, Seen seen, String why) {
    findings.add(
        promise,
        "%s saw %s at revision %d, %s"
            .formatted(stream.watcher(), seen.change(), seen.revision(), why));
  }
}
