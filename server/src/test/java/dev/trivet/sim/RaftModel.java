package dev.trivet.sim;

import dev.trivet.store.LogPosition;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What Raft promises, as a model: terms and votes, elections, a log that is synced before it is
 * answered for, commit on a majority, conflicting suffixes truncated, snapshots sent to who is too
 * far behind. A leader that hears of no majority for a while steps down, as Ratis's does; until
 * then it does not know that it is deposed.
 *
 * <p>Invariants: {@code base <= applied <= commit <= synced <= last}.
 *
 * <p>Source: Ongaro, Consensus: Bridging Theory and Practice, chapter 3.
 */
final class RaftModel {
  private static final long HEARTBEAT_NANOS = 80 * World.NANOS_PER_MILLI;
  private static final long ELECTION_MIN_MILLIS = 300;
  private static final long ELECTION_MAX_MILLIS = 600;
  private static final long CHECK_QUORUM_NANOS = 900 * World.NANOS_PER_MILLI;
  private static final int MAX_ENTRIES = 16;

  /** What a node's Raft does outside itself. */
  interface Host {
    void apply(Entry entry);

    void leads(boolean isLeader);

    void truncated(long fromIndex);

    /** Sends the newest snapshot; the peer answers as to an append. */
    void sendSnapshot(int to, long term);
  }

  record Append(long term, int leader, LogPosition before, List<Entry> entries, long commit) {}

  record Appended(int from, long term, boolean isTaken, long match) {}

  private enum Role {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  private final World world;
  private final Life life;
  private final Host host;
  private final RaftDisk disk;
  private final int self;
  private final SplittableRandom chance;

  private final ModelLog log;
  private long term;
  private int votedFor;
  private Role role = Role.FOLLOWER;
  private int leader = -1;
  private int votes;
  private long commit;
  private long applied;
  private boolean isApplying;
  private long firstOfTerm = Long.MAX_VALUE;
  private long heardNanos;
  private long patienceNanos;

  private final long[] next = new long[World.NODES];
  private final long[] match = new long[World.NODES];
  private final long[] answeredNanos = new long[World.NODES];
  private final boolean[] isAsked = new boolean[World.NODES];

  /** Goes on from what was synced. */
  RaftModel(World world, Life life, Host host, RaftDisk disk, LogPosition appliedByStore) {
    this.world = world;
    this.life = life;
    this.host = host;
    this.disk = disk;
    this.self = life.node().id();
    this.chance = world.chance("raft " + self + " " + life.number());
    LogImage image = disk.synced();
    this.term = image.term();
    this.votedFor = image.votedFor();
    this.log = new ModelLog(image);
    this.applied = Math.max(log.base(), appliedByStore.index());
    this.commit = applied;
    world.require(
        log.base() <= appliedByStore.index() && applied <= last(),
        Promise.APPLIED_IS_COMMITTED,
        () ->
            "node %d starts with purged %d, applied %s, last %d"
                .formatted(self, log.base(), appliedByStore, last()));
  }

  void start() {
    hear();
    watchForSilence();
  }

  long term() {
    return term;
  }

  long writtenTerm() {
    return disk.synced().term();
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  boolean isLeaderReady() {
    return isLeader() && applied >= firstOfTerm;
  }

  /** The node that leads, as this one knows, or -1. */
  int leader() {
    return leader;
  }

  long commit() {
    return commit;
  }

  long last() {
    return log.last();
  }

  // Elections.

  private void hear() {
    heardNanos = world.nowNanos();
    patienceNanos =
        chance.nextLong(ELECTION_MIN_MILLIS, ELECTION_MAX_MILLIS) * World.NANOS_PER_MILLI;
  }

  private void watchForSilence() {
    long silence = world.nowNanos() - heardNanos;
    if (role != Role.LEADER && silence >= patienceNanos) {
      campaign();
    }
    long left = role == Role.LEADER ? patienceNanos : heardNanos + patienceNanos - world.nowNanos();
    life.after(Math.max(left, 20 * World.NANOS_PER_MILLI), this::watchForSilence);
  }

  void campaign() {
    if (role == Role.LEADER) {
      return;
    }
    hear();
    setTerm(term + 1, self);
    role = Role.CANDIDATE;
    votes = 1;
    long asked = term;
    life.note(() -> "campaigns for term " + asked);
    persist(
        () -> {
          if (term != asked || role != Role.CANDIDATE) {
            return;
          }
          LogPosition lastEntry = log.lastPosition();
          for (int peer = 0; peer < World.NODES; peer++) {
            if (peer != self) {
              life.send(peer, other -> other.raft().onVoteRequest(asked, self, lastEntry));
            }
          }
        });
  }

  private void onVoteRequest(long asked, int candidate, LogPosition lastEntry) {
    if (asked > term) {
      follow(asked, -1);
    }
    LogPosition own = log.lastPosition();
    boolean isUpToDate =
        lastEntry.term() > own.term()
            || (lastEntry.term() == own.term() && lastEntry.index() >= own.index());
    if (asked < term || !isUpToDate || (votedFor != -1 && votedFor != candidate)) {
      long known = term;
      persist(() -> life.send(candidate, other -> other.raft().onVote(known, false)));
      return;
    }
    votedFor = candidate;
    hear();
    persist(
        () -> {
          if (term == asked) {
            life.note(() -> "votes for node " + candidate + " in term " + asked);
            life.send(candidate, other -> other.raft().onVote(asked, true));
          }
        });
  }

  private void onVote(long voted, boolean isGranted) {
    if (voted > term) {
      follow(voted, -1);
    } else if (voted == term && isGranted && role == Role.CANDIDATE && ++votes == 2) {
      lead();
    }
  }

  private void lead() {
    role = Role.LEADER;
    leader = self;
    for (int peer = 0; peer < World.NODES; peer++) {
      next[peer] = last() + 1;
      match[peer] = -1;
      answeredNanos[peer] = world.nowNanos();
      isAsked[peer] = false;
    }
    firstOfTerm = last() + 1;
    life.note(() -> "leads term " + term);
    host.leads(true);
    append(new byte[0]);
    heartbeat(term);
  }

  private void heartbeat(long ofTerm) {
    if (role != Role.LEADER || term != ofTerm) {
      return;
    }
    int answering = 1;
    for (int peer = 0; peer < World.NODES; peer++) {
      if (peer != self) {
        answering += world.nowNanos() - answeredNanos[peer] < CHECK_QUORUM_NANOS ? 1 : 0;
        isAsked[peer] = false;
        send(peer);
      }
    }
    if (answering < 2) {
      life.note(() -> "steps down: hears of no majority");
      follow(term, -1);
      return;
    }
    life.after(HEARTBEAT_NANOS, () -> heartbeat(ofTerm));
  }

  private void setTerm(long newTerm, int vote) {
    term = newTerm;
    votedFor = vote;
    leader = -1;
  }

  /** Follows in a term, its own or a later one. */
  private void follow(long newTerm, int newLeader) {
    boolean wasLeader = role == Role.LEADER;
    if (newTerm > term) {
      setTerm(newTerm, -1);
    }
    role = Role.FOLLOWER;
    leader = newLeader;
    firstOfTerm = Long.MAX_VALUE;
    if (wasLeader) {
      life.note(() -> "leads no more, knows term " + term);
      hear();
      host.leads(false);
    }
  }

  // The log.

  /** Puts an entry behind the last; this node leads. */
  LogPosition append(byte[] content) {
    LogPosition position = new LogPosition(term, last() + 1);
    log.add(new Entry(position, content));
    persist(this::advanceCommit);
    for (int peer = 0; peer < World.NODES; peer++) {
      if (peer != self) {
        send(peer);
      }
    }
    return position;
  }

  private void persist(Runnable then) {
    if (world.has(Bug.ANSWER_BEFORE_SYNC)) {
      disk.sync(life, this::image, () -> {});
      then.run();
      return;
    }
    disk.sync(life, this::image, then);
  }

  private LogImage image() {
    return log.image(term, votedFor);
  }

  /** How much of the log is on this disk as it is in memory. */
  private long synced() {
    if (world.has(Bug.ANSWER_BEFORE_SYNC)) {
      return last();
    }
    LogImage image = disk.synced();
    long index = Math.min(image.last(), last());
    while (index > log.base() && !image.holds(index, log.termAt(index))) {
      index--;
    }
    return index;
  }

  private void send(int peer) {
    if (isAsked[peer] || role != Role.LEADER) {
      return;
    }
    isAsked[peer] = true;
    if (next[peer] <= log.base()) {
      host.sendSnapshot(peer, term);
      return;
    }
    long before = next[peer] - 1;
    Append append =
        new Append(
            term,
            self,
            new LogPosition(log.termAt(before), before),
            log.after(before, MAX_ENTRIES),
            commit);
    life.send(peer, other -> other.raft().onAppend(append));
  }

  private void onAppend(Append append) {
    if (append.term() < term) {
      answer(append.leader(), false, -1);
      return;
    }
    follow(append.term(), append.leader());
    hear();
    long before = append.before().index();
    if (before > last() || (before >= log.base() && log.termAt(before) != append.before().term())) {
      answer(append.leader(), false, Math.min(last(), before - 1));
      return;
    }
    for (Entry entry : append.entries()) {
      take(entry);
    }
    long upTo = before + append.entries().size();
    long asked = term;
    Runnable then =
        () -> {
          if (term == asked) {
            commitUpTo(Math.min(append.commit(), Math.min(upTo, synced())));
            answer(append.leader(), true, upTo);
          }
        };
    if (upTo <= synced() && term == disk.synced().term()) {
      then.run();
    } else {
      persist(then);
    }
  }

  private void take(Entry entry) {
    long index = entry.position().index();
    if (index <= log.base() || log.holds(entry.position())) {
      return;
    }
    if (index <= last()) {
      life.note(() -> "truncates its log from " + index + " on");
      world.require(
          index > commit,
          Promise.COMMITTED_PREFIX,
          () -> "node %d truncates from %d, committed is %d".formatted(self, index, commit));
      log.truncateFrom(index);
      host.truncated(index);
    }
    log.add(entry);
  }

  private void answer(int to, boolean isTaken, long upTo) {
    Appended answer = new Appended(self, term, isTaken, upTo);
    if (isTaken) {
      life.send(to, other -> other.raft().onAppended(answer));
    } else {
      persist(() -> life.send(to, other -> other.raft().onAppended(answer)));
    }
  }

  private void onAppended(Appended answer) {
    if (answer.term() > term) {
      follow(answer.term(), -1);
      return;
    }
    if (role != Role.LEADER || answer.term() < term) {
      return;
    }
    int peer = answer.from();
    answeredNanos[peer] = world.nowNanos();
    isAsked[peer] = false;
    if (answer.isTaken()) {
      match[peer] = Math.max(match[peer], answer.match());
      next[peer] = Math.max(next[peer], match[peer] + 1);
      advanceCommit();
    } else {
      next[peer] = Math.max(match[peer] + 1, Math.min(next[peer] - 1, answer.match() + 1));
    }
    if (next[peer] <= last()) {
      send(peer);
    }
  }

  private void advanceCommit() {
    if (role != Role.LEADER) {
      return;
    }
    long own = synced();
    long best = -1;
    for (int peer = 0; peer < World.NODES; peer++) {
      if (peer != self) {
        best = Math.max(best, match[peer]);
      }
    }
    long majority = world.has(Bug.COMMIT_ALONE) ? own : Math.min(own, best);
    if (majority > commit && log.termAt(majority) == term) {
      commitUpTo(majority);
      for (int peer = 0; peer < World.NODES; peer++) {
        if (peer != self) {
          send(peer);
        }
      }
    }
  }

  // Applying.

  private void commitUpTo(long index) {
    commit = Math.max(commit, index);
    if (!isApplying && applied < commit) {
      isApplying = true;
      applySoon();
    }
  }

  private void applySoon() {
    life.after(chance.nextLong(20_000, 400_000), this::applyNext);
  }

  private void applyNext() {
    if (applied < commit) {
      Entry entry = log.entry(applied + 1);
      applied++;
      host.apply(entry);
    }
    isApplying = applied < commit;
    if (isApplying) {
      applySoon();
    }
  }

  // Snapshots.

  /** What the store has durably is not needed here any more. */
  void purge(LogPosition upTo) {
    if (upTo.index() > log.base() && upTo.index() <= applied) {
      log.purge(upTo);
      persist(() -> {});
    }
  }

  /** A snapshot came; true if it is to be put in the store's place. */
  boolean wantsSnapshot(long fromTerm, int fromLeader, LogPosition position) {
    if (fromTerm < term) {
      return false;
    }
    follow(fromTerm, fromLeader);
    hear();
    return position.index() > applied;
  }

  /** The snapshot is in the store: the log begins behind it. */
  void installed(int fromLeader, LogPosition position) {
    log.beginBehind(position);
    applied = position.index();
    commit = Math.max(commit, applied);
    disk.write(image());
    answer(fromLeader, true, position.index());
  }

  /** The snapshot was not newer than what is here. */
  void declined(int fromLeader, LogPosition position) {
    answer(fromLeader, true, Math.min(position.index(), commit));
  }
}
