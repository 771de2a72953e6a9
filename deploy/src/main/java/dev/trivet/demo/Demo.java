package dev.trivet.demo;

import com.google.protobuf.ByteString;
import dev.trivet.client.Prefixes;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.client.Wholeness;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The story, told while it happens. Constructed, run once, closed. One thread; closing ends the
 * clients and leaves the nodes.
 */
final class Demo implements AutoCloseable {
  static final int SIZE = 3;

  private static final int WRITERS = 8;
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration ELECTION_LIMIT = Duration.ofSeconds(20);
  private static final Duration WATCH_LIMIT = Duration.ofSeconds(10);
  private static final long WRITE_MILLIS = 3_000;
  private static final long POLL_MILLIS = 50;

  private final LocalCluster cluster;
  private final KeptCluster kept;
  private final Narrator narrator;
  private final TrivetClient client;
  private final List<Act> acts;
  private final List<Act> begun = new ArrayList<>();

  Demo(LocalCluster cluster, KeptCluster kept, Narrator narrator) {
    this.cluster = cluster;
    this.kept = kept;
    this.narrator = narrator;
    this.client = TrivetClient.connect(cluster.endpoints());
    this.acts = List.of(new BlobAct(cluster, narrator), new VolumeAct(cluster, kept, narrator));
  }

  void run() throws IOException, InterruptedException {
    startNodes();
    before();
    Writers writers = new Writers(client.keys());
    SeenEvents seen = new SeenEvents();
    try (Watch watch = client.watch(everyNumber(), seen::add)) {
      writers.start(WRITERS);
      Thread.sleep(WRITE_MILLIS);
      NodeProcess killed = killLeader(writers);
      Thread.sleep(WRITE_MILLIS);
      start(killed);
      narrator.say(killed.name() + " starts again");
      awaitWhole(killed.name() + " has caught up");
      writers.stop();
      awaitEvents(seen, writers, watch);
    }
    narrator.say(
        "writers end: %d acknowledged, %d of unknown outcome, %d refused"
            .formatted(
                writers.acknowledged().size(), writers.unknown().size(), writers.refused().size()));
    narrator.check(
        "every acknowledged write is there, once", KeyProof.faults(writers, client.keys()));
    narrator.check(
        "the watch told each of them once, in order", seen.faults(writers.acknowledged()));
    for (Act act : begun) {
      act.after();
    }
  }

  /** What this build or this machine cannot do is said, and left out. */
  private void before() throws IOException, InterruptedException {
    for (Act act : acts) {
      try {
        act.before();
        begun.add(act);
      } catch (TrivetException e) {
        if (e.code() != ErrorCode.UNIMPLEMENTED) {
          throw e;
        }
        narrator.say("left out: " + e.getMessage());
      }
    }
  }

  void printWhatToTry() {
    String endpoints = String.join(",", cluster.endpoints());
    narrator.line("");
    narrator.line("The nodes go on. Try:");
    narrator.line("  export TRIVET_ENDPOINTS=" + endpoints);
    narrator.line("  ./trivet cluster status");
    narrator.line("  ./trivet put greeting hello && ./trivet get greeting");
    narrator.line("  ./trivet blob ls demo");
    narrator.line("  ./trivet demo --clean        # ends them");
  }

  private void startNodes() throws IOException, InterruptedException {
    for (NodeProcess node : cluster.nodes()) {
      start(node);
    }
    narrator.say(SIZE + " nodes start below " + kept.folder());
    awaitWhole("the cluster is whole");
    narrator.say(leader().map(MemberStatus::getName).orElse("nobody") + " leads");
  }

  private void start(NodeProcess node) throws IOException {
    cluster.start(node);
    kept.remember(KeptCluster.Role.NODE, node.pid());
  }

  private NodeProcess killLeader(Writers writers) throws InterruptedException {
    MemberStatus old =
        leader().orElseThrow(() -> ErrorCode.CHECK_FAILED.exception("nobody leads any more"));
    NodeProcess node = cluster.at(old.getClientAddress());
    int before = writers.acknowledged().size();
    long pid = node.pid();
    writers.restartPause();
    node.kill();
    narrator.say(
        "SIGKILL of the leader "
            + old.getName()
            + " (process "
            + pid
            + "), "
            + before
            + " writes in");
    MemberStatus successor = awaitSuccessor(old.getName());
    long after = writers.acknowledged().size();
    awaitWrites(writers, after);
    narrator.say(
        String.format(
            Locale.ROOT,
            "%s was elected; writes stalled for %.1f s",
            successor.getName(),
            Narrator.seconds(writers.longestPauseNanos())));
    return node;
  }

  private MemberStatus awaitSuccessor(String old) throws InterruptedException {
    long end = System.nanoTime() + ELECTION_LIMIT.toNanos();
    while (true) {
      Optional<MemberStatus> leader = leader();
      if (leader.isPresent() && !leader.get().getName().equals(old)) {
        return leader.get();
      }
      requireTime(end, ELECTION_LIMIT, "no new leader");
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static void awaitWrites(Writers writers, long more) throws InterruptedException {
    long end = System.nanoTime() + ELECTION_LIMIT.toNanos();
    while (writers.acknowledged().size() <= more) {
      requireTime(end, ELECTION_LIMIT, "no write was acknowledged");
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static void awaitEvents(SeenEvents seen, Writers writers, Watch watch)
      throws InterruptedException {
    long last = writers.acknowledged().values().stream().mapToLong(Long::longValue).max().orElse(0);
    long end = System.nanoTime() + WATCH_LIMIT.toNanos();
    // What is missing when the time is over is found by the comparison.
    while (seen.lastRevision() < last && !watch.ended().isDone() && System.nanoTime() < end) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Optional<MemberStatus> leader() {
    try {
      return client.cluster().status().getMembersList().stream()
          .filter(MemberStatus::getIsLeader)
          .findFirst();
    } catch (TrivetException e) {
      return Optional.empty();
    }
  }

  private void awaitWhole(String what) throws InterruptedException {
    long begin = System.nanoTime();
    long end = begin + START_LIMIT.toNanos();
    long sinceIndex = 0;
    List<String> lacks = new ArrayList<>();
    while (true) {
      lacks.clear();
      try {
        ClusterStatusResponse status = client.cluster().status();
        sinceIndex = sinceIndex == 0 ? status.getCommittedIndex() : sinceIndex;
        lacks.addAll(Wholeness.lacks(status, sinceIndex));
        if (lacks.isEmpty() && status.getMembersCount() == SIZE) {
          narrator.say(what + " (log index " + sinceIndex + ")");
          return;
        }
      } catch (TrivetException e) {
        lacks.add(String.valueOf(e.getMessage()));
      }
      for (NodeProcess node : cluster.nodes()) {
        if (!node.isRunning()) {
          throw ErrorCode.CHECK_FAILED.exception(
              node.name() + " has ended by itself: see " + node.logFile());
        }
      }
      requireTime(end, START_LIMIT, "not whole: " + lacks);
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static void requireTime(long end, Duration limit, String fault) {
    if (System.nanoTime() > end) {
      throw ErrorCode.CHECK_FAILED.exception(fault + ", after " + limit.toSeconds() + " s");
    }
  }

  private static WatchCreateRequest everyNumber() {
    ByteString prefix = ByteString.copyFromUtf8(Writers.PREFIX);
    return WatchCreateRequest.newBuilder()
        .setKey(prefix)
        .setRangeEnd(Prefixes.end(prefix))
        .setStartRevision(1)
        .build();
  }

  @Override
  public void close() {
    client.close();
  }
}
