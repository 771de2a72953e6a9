package dev.trivet.sim;

import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.watch.Interest;
import dev.trivet.watch.Watch;
import dev.trivet.watch.WatchSink;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches all keys from the first revision on, at one node after another: where a stream breaks it
 * goes on elsewhere, behind what it saw last.
 */
final class WatchingClient {
  private static final long LOOK_NANOS = 300 * World.NANOS_PER_MILLI;

  /** A stream on which nothing came for so long is given up, as after a lost keep-alive. */
  private static final int SILENT_LOOKS = 4;

  /** So many messages may be on the way before the node waits. */
  private static final int WINDOW = 3;

  private static final Interest EVERYTHING =
      new Interest() {
        @Override
        public boolean isIn(Event event) {
          return true;
        }
      };

  private final World world;
  private final Cluster cluster;
  private final Ledger ledger;
  private final int number;
  private int node;
  private long next = 2;
  private int streams;
  private int silentLooks;

  /** Messages of the stream that came, by their place in it. */
  private final NavigableMap<Long, Message> arrived = new TreeMap<>();

  private long taken;

  /**
   * One message of a stream.
   *
   * @param compacted the stream ends, for what it wants next is compacted up to here; 0 if not
   */
  private record Message(List<KeysChanged> revisions, long compacted) {}

  WatchingClient(World world, Cluster cluster, int number) {
    this.world = world;
    this.cluster = cluster;
    this.ledger = cluster.ledger();
    this.number = number;
    this.node = number;
  }

  long next() {
    return next;
  }

  void start() {
    open();
    world.after(LOOK_NANOS, this::look);
  }

  void move(int to) {
    node = to;
    open();
  }

  private void look() {
    boolean isStuck = !arrived.isEmpty() || next <= ledger.lastRevision();
    silentLooks = isStuck ? silentLooks + 1 : 0;
    if (silentLooks >= SILENT_LOOKS || !cluster.node(node).isUp()) {
      move((node + 1) % World.NODES);
    }
    world.after(LOOK_NANOS, this::look);
  }

  private void open() {
    int stream = ++streams;
    silentLooks = 0;
    arrived.clear();
    taken = 0;
    long from = world.has(Bug.RESUME_TOO_EARLY) && stream > 1 ? Math.max(2, next - 1) : next;
    world.note("watch " + number, () -> "asks node %d for revision %d on".formatted(node, from));
    int at = node;
    cluster
        .network()
        .send(
            Network.CLIENTS,
            at,
            life -> {
              Sink sink = new Sink(at, stream);
              sink.watch = life.hub().watch(EVERYTHING, from, sink);
            });
  }

  private void take(int stream, long place, Message message) {
    if (stream != streams) {
      return;
    }
    arrived.put(place, message);
    while (!arrived.isEmpty()
        && (arrived.firstKey() == taken + 1 || world.has(Bug.LOST_EVENT_GOES_UNNOTICED))) {
      taken = arrived.firstKey();
      Message first = arrived.pollFirstEntry().getValue();
      for (KeysChanged revision : first.revisions()) {
        ledger.watched(number, revision);
        next = revision.revision() + 1;
      }
      silentLooks = 0;
      if (first.compacted() > 0) {
        ledger.toldOfCompaction(number, first.compacted());
        next = first.compacted() + (world.has(Bug.RESUME_BEHIND_COMPACTION) ? 1 : 0);
        open();
      }
    }
  }

  /** The node's end of one stream. */
  private final class Sink implements WatchSink {
    private final int at;
    private final int stream;
    private @Nullable Watch watch;
    private long sent;
    private long acknowledged;

    Sink(int at, int stream) {
      this.at = at;
      this.stream = stream;
    }

    @Override
    public boolean isReady() {
      return sent - acknowledged < WINDOW;
    }

    @Override
    public boolean wantsPrevious() {
      return false;
    }

    @Override
    public void onEvents(List<KeysChanged> revisions) {
      send(new Message(revisions, 0));
    }

    private void send(Message message) {
      long place = ++sent;
      cluster
          .network()
          .send(
              at,
              Network.CLIENTS,
              () -> {
                take(stream, place, message);
                cluster.network().send(Network.CLIENTS, at, _ -> acknowledged());
              });
    }

    private void acknowledged() {
      acknowledged++;
      Watch open = watch;
      if (open == null) {
        return;
      }
      if (stream == streams) {
        open.resume();
      } else {
        // As a stream that was reset.
        open.cancel();
      }
    }

    @Override
    public void onCompacted(long compactedRevision) {
      send(new Message(List.of(), compactedRevision));
    }

    @Override
    public void onFailed(TrivetException failure) {
      world.broken(Promise.WATCH_WHOLE, "a watch failed: " + failure);
    }
  }
}
