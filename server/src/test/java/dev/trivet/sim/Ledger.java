package dev.trivet.sim;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Batch;
import dev.trivet.proto.log.Command;
import dev.trivet.replicate.AppliedListener;
import dev.trivet.replicate.SimulatedReplica;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.state.entry.ExtentId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of what was committed, applied and answered, and says when it does not fit
 * together. What is committed is what the first node applied: all others must agree.
 */
final class Ledger {
  static final String ONCE = "once/";
  static final String GUARDED = "guarded";

  private final World world;
  private final List<Node> nodes;
  private final Map<Long, Entry> entries = new HashMap<>();
  private final Map<Long, Long> hashes = new HashMap<>();
  private final Map<Long, KeysChanged> revisions = new HashMap<>();
  private final Map<ByteString, NavigableMap<Long, Event>> keys = new HashMap<>();
  private final Map<Long, Long> leasesUntil = new HashMap<>();
  private long lastRevision = 1;
  private long acknowledgedRevision = 1;
  private long acknowledgedToken;
  private final Map<Integer, Long> watchedNext = new HashMap<>();
  private long guardedBy;
  private long compactionAsked;
  private long compactedRevision;

  Ledger(World world, List<Node> nodes) {
    this.world = world;
    this.nodes = nodes;
  }

  /** A node is about to apply an entry. */
  void committed(Life life, Entry entry) {
    long index = entry.position().index();
    Entry first = entries.putIfAbsent(index, entry);
    world.require(
        first == null
            || (first.position().equals(entry.position())
                && Arrays.equals(first.content(), entry.content())),
        Promise.COMMITTED_PREFIX,
        () ->
            "node %d applies %s %s, before %s was applied there"
                .formatted(life.node().id(), entry.position(), describe(entry.content()), first));
    RaftModel raft = life.raft();
    world.require(
        index <= raft.commit() && raft.commit() <= raft.last(),
        Promise.APPLIED_IS_COMMITTED,
        () -> "applied %d, committed %d, last %d".formatted(index, raft.commit(), raft.last()));
  }

  /** Hears what a process applies. */
  AppliedListener listener(Life life) {
    return new AppliedListener() {
      @Override
      public void onApplied(Applied applied) {
        if (stateOf(life)) {
          applied.changes().forEach(Ledger.this::first);
        }
      }

      @Override
      public void onRestored() {}
    };
  }

  /** Compares a node's state with what others had at its index; true if it is the first there. */
  boolean stateOf(Life life) {
    long index = life.store().applied().index();
    long hash = life.store().stateHash();
    Long before = hashes.putIfAbsent(index, hash);
    world.require(
        before == null || before == hash,
        Promise.SAME_STATE,
        () ->
            "node %d has %016x at index %d, another had %016x"
                .formatted(life.node().id(), hash, index, before));
    return before == null;
  }

  private void first(Change change) {
    switch (change) {
      case KeysChanged keysChanged -> changed(keysChanged);
      case Change.LeaseEnded(long id) -> ended(id);
      case Change.LeaseGranted _,
          Change.ExtentReferenced _,
          Change.ExtentReleased _,
          Change.Restored _,
          Change.Compacted _ -> {}
    }
  }

  private void changed(KeysChanged change) {
    long revision = change.revision();
    world.require(
        revision == lastRevision + 1,
        Promise.REVISIONS_IN_ORDER,
        () -> "revision %d follows %d".formatted(revision, lastRevision));
    lastRevision = revision;
    revisions.put(revision, change);
    for (Event event : change.events()) {
      KeyValue kv = event.getKv();
      keys.computeIfAbsent(kv.getKey(), _ -> new TreeMap<>()).put(revision, event);
      String key = kv.getKey().toStringUtf8();
      if (key.startsWith(ONCE)) {
        world.require(
            kv.getVersion() == 1,
            Promise.APPLIED_ONCE,
            () -> "%s is written for the %d. time".formatted(key, kv.getVersion()));
      } else if (key.equals(GUARDED) && event.getType() == Event.EventType.PUT) {
        long token = Long.parseLong(kv.getValue().toStringUtf8());
        world.require(
            token >= guardedBy,
            Promise.FENCED,
            () -> "a write with token %d comes after one with %d".formatted(token, guardedBy));
        guardedBy = token;
      }
    }
  }

  private void ended(long id) {
    Long until = leasesUntil.get(id);
    world.note("ledger", () -> "lease " + id + " ends");
    world.require(
        until == null || world.nowNanos() >= until,
        Promise.LEASE_LASTS,
        () ->
            "lease %d ends %.3f ms before what was promised"
                .formatted(id, ((until == null ? 0 : until) - world.nowNanos()) / 1e6));
  }

  // What clients were told.

  /** The newest revision that anybody was told of. */
  long acknowledgedRevision() {
    return acknowledgedRevision;
  }

  long lastRevision() {
    return lastRevision;
  }

  /** A client was told that its command is done. */
  void acknowledged(long index) {
    Entry entry = entries.get(index);
    long holders =
        entry == null
            ? 0
            : nodes.stream()
                .filter(node -> node.raftDisk().synced().holds(index, entry.position().term()))
                .count();
    world.require(
        holders * 2 > World.NODES,
        Promise.ACKNOWLEDGED_IS_DURABLE,
        () -> "entry %d is acknowledged, and %d nodes have it on disk".formatted(index, holders));
  }

  /**
   * A write of a key was acknowledged.
   *
   * @param floor what was acknowledged when it began
   */
  void wrote(String key, String value, long revision, long floor) {
    world.require(
        revision > floor,
        Promise.REVISIONS_IN_ORDER,
        () -> "a write has revision %d, and %d was known before".formatted(revision, floor));
    Event event = at(key, revision);
    world.require(
        event != null
            && event.getKv().getModRevision() == revision
            && event.getKv().getValue().toStringUtf8().equals(value),
        Promise.ANSWER_IS_TRUE,
        () -> "revision %d should have set %s to %s".formatted(revision, key, value));
    acknowledgedRevision = Math.max(acknowledgedRevision, revision);
  }

  /** A write is answered again: it may have been done before {@code floor}. */
  void wroteOnce(String key, String value, long revision) {
    wrote(key, value, revision, 0);
  }

  /** A read of a key was answered. */
  void read(String key, RangeResponse answer, long floor) {
    long revision = answer.getHeader().getRevision();
    world.require(
        revision >= floor,
        Promise.FRESH_READ,
        () -> "a read has revision %d, and %d was known before".formatted(revision, floor));
    requireAnswer(key, revision, answer);
    acknowledgedRevision = Math.max(acknowledgedRevision, revision);
  }

  private void requireAnswer(String key, long revision, RangeResponse answer) {
    Event event = at(key, revision);
    KeyValue expected =
        event == null || event.getType() == Event.EventType.DELETE ? null : event.getKv();
    KeyValue got = answer.getKvsCount() == 0 ? null : answer.getKvs(0);
    world.require(
        expected == null ? got == null : expected.equals(got),
        Promise.ANSWER_IS_TRUE,
        () -> "at revision %d, %s is %s and not %s".formatted(revision, key, expected, got));
  }

  /** Somebody is about to ask that what is older be given up. */
  void compactionAsked(long revision) {
    compactionAsked = Math.max(compactionAsked, revision);
  }

  /** It was acknowledged. */
  void compacted(long revision) {
    compactedRevision = Math.max(compactedRevision, revision);
  }

  /** The newest compaction that anybody was told is done; 0 before the first. */
  long compactedRevision() {
    return compactedRevision;
  }

  /**
   * A read of a key at an old revision was answered.
   *
   * @param compacted what was known to be compacted when it began
   */
  void readOld(String key, long revision, RangeResponse answer, long compacted) {
    world.require(
        revision >= compacted,
        Promise.HISTORY_IS_KEPT,
        () -> "revision %d is read, and %d was compacted".formatted(revision, compacted));
    requireAnswer(key, revision, answer);
  }

  /** A read of an old revision was refused. */
  void refusedAsCompacted(long revision) {
    world.require(
        revision < compactionAsked,
        Promise.HISTORY_IS_KEPT,
        () ->
            "revision %d is said to be compacted, %d was asked for"
                .formatted(revision, compactionAsked));
  }

  private @Nullable Event at(String key, long revision) {
    NavigableMap<Long, Event> versions = keys.get(ByteString.copyFromUtf8(key));
    Map.Entry<Long, Event> version = versions == null ? null : versions.floorEntry(revision);
    return version == null ? null : version.getValue();
  }

  /**
   * A lease was granted or renewed.
   *
   * @param sinceNanos when the client asked
   */
  void promised(long lease, long sinceNanos, long ttlSeconds) {
    long nanos = (long) (ttlSeconds * 1e9 * (1 - 2 * Node.MAX_DRIFT));
    leasesUntil.merge(lease, sinceNanos + nanos, Math::max);
  }

  /** Until when a lease was promised to last; 0 if nobody was promised anything. */
  long leaseUntil(long lease) {
    return leasesUntil.getOrDefault(lease, 0L);
  }

  long acknowledgedToken() {
    return acknowledgedToken;
  }

  void locked(long token, long floor) {
    world.require(
        token > floor,
        Promise.FENCED,
        () -> "a holder has token %d after one with %d".formatted(token, floor));
    acknowledgedToken = Math.max(acknowledgedToken, token);
  }

  /** A manifest that names an extent was acknowledged. */
  void stored(ExtentId extent) {
    long holders = nodes.stream().filter(node -> node.extents().contains(extent)).count();
    world.require(
        holders * 2 > World.NODES,
        Promise.EXTENTS_DURABLE,
        () -> "an extent is named, and %d nodes have it on disk".formatted(holders));
  }

  /** A watch of all keys was given a revision. */
  void watched(int watch, KeysChanged got) {
    KeysChanged whole = revisions.get(got.revision());
    long expected = watchedNext.getOrDefault(watch, 2L);
    world.require(
        got.revision() == expected && whole != null && same(whole, got),
        Promise.WATCH_WHOLE,
        () ->
            "watch %d was given revision %d with %d events, expected %d"
                .formatted(watch, got.revision(), got.events().size(), expected));
    watchedNext.put(watch, got.revision() + 1);
  }

  /** A watch was told that it has missed everything before a revision. */
  void toldOfCompaction(int watch, long compacted) {
    long expected = watchedNext.getOrDefault(watch, 2L);
    world.require(
        expected < compacted && compacted <= compactionAsked,
        Promise.WATCH_WHOLE,
        () ->
            "watch %d, which expects revision %d, is told that %d is compacted, asked was %d"
                .formatted(watch, expected, compacted, compactionAsked));
    watchedNext.put(watch, compacted);
  }

  private static boolean same(KeysChanged whole, KeysChanged got) {
    if (whole.events().size() != got.events().size()) {
      return false;
    }
    for (int i = 0; i < whole.events().size(); i++) {
      Event expected = whole.events().get(i);
      Event event = got.events().get(i);
      if (expected.getType() != event.getType() || !expected.getKv().equals(event.getKv())) {
        return false;
      }
    }
    return true;
  }

  /** What an entry holds, for people. */
  static String describe(byte[] entry) {
    if (entry.length == 0) {
      return "a leader's first";
    }
    Batch batch = SimulatedReplica.decode(entry);
    return batch.getCommandsList().stream().map(Ledger::describe).collect(Collectors.joining(", "));
  }

  private static String describe(Command command) {
    return switch (command.getKindCase()) {
      case PUT ->
          "put %s=%s"
              .formatted(
                  command.getPut().getKey().toStringUtf8(),
                  command.getPut().getValue().toStringUtf8());
      case COMPACT -> "compact " + command.getCompact().getRevision();
      case LEASE_GRANT -> "grant lease " + command.getLeaseGrant().getID();
      case EXPIRE_LEASES ->
          "expire leases "
              + command.getExpireLeases().getLeasesList().stream().map(l -> l.getId()).toList();
      default -> command.getKindCase().toString();
    };
  }
}
