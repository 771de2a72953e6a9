package dev.trivet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Each key is put once; a watch from before sees them. Promises: an acknowledged key is there, with
 * its value, written exactly once; the watch saw what is stored, each event once, in order.
 */
final class KeyWorkload implements Workload {
  private static final int THREADS = 8;
  private static final long PAUSE_MILLIS = 1;
  private static final int PAGE = 1_000;
  private static final long WATCH_WAIT_MILLIS = 30_000;
  private static final ByteString FIRST = ByteString.copyFromUtf8("chaos/");
  private static final ByteString END = ByteString.copyFromUtf8("chaos0");

  private final TrivetClient client;
  private final Ledger ledger = new Ledger();
  private final Writers writers = new Writers(ledger);
  private final List<Event> seen = new ArrayList<>();
  private final Watch watch;
  private final long pauseMillis;

  /** With writers that hardly rest. */
  KeyWorkload(List<String> endpoints) {
    this(endpoints, PAUSE_MILLIS);
  }

  /**
   * @param pauseMillis between two writes of a thread
   */
  KeyWorkload(List<String> endpoints, long pauseMillis) {
    this.pauseMillis = pauseMillis;
    client = TrivetClient.connect(endpoints);
    watch =
        client.watch(
            WatchCreateRequest.newBuilder()
                .setKey(FIRST)
                .setRangeEnd(END)
                .setStartRevision(1)
                .build(),
            answer -> {
              synchronized (seen) {
                seen.addAll(answer.getEventsList());
                seen.notifyAll();
              }
            });
  }

  @Override
  public String name() {
    return "keys";
  }

  @Override
  public void start() {
    writers.start(
        "chaos",
        THREADS,
        pauseMillis,
        (name, number) -> {
          String value = name.hashCode() + ":" + number;
          client.keys().put(ByteString.copyFromUtf8(name), ByteString.copyFromUtf8(value));
          return value;
        });
  }

  @Override
  public void stop() throws InterruptedException {
    writers.stop();
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public List<String> check() {
    Map<String, KeyValue> stored = readAll();
    List<String> broken = new ArrayList<>();
    ledger
        .acknowledged()
        .forEach(
            (key, value) -> {
              KeyValue there = stored.get(key);
              if (there == null) {
                broken.add("acknowledged key " + key + " is lost");
              } else if (!there.getValue().toString(UTF_8).equals(value)) {
                broken.add("key " + key + " has another value than was acknowledged");
              }
            });
    for (KeyValue there : stored.values()) {
      String key = there.getKey().toString(UTF_8);
      if (there.getVersion() != 1) {
        broken.add("key " + key + " was written " + there.getVersion() + " times");
      }
      if (!ledger.acknowledged().containsKey(key) && !ledger.isUnknown(key)) {
        broken.add("key " + key + " is there although its write was refused");
      }
    }
    broken.addAll(checkWatch(stored));
    return broken;
  }

  private List<String> checkWatch(Map<String, KeyValue> stored) {
    List<Event> events = awaitEvents(stored.size());
    List<String> broken = new ArrayList<>();
    if (watch.ended().isCompletedExceptionally()) {
      broken.add("the watch gave up: " + watch.ended().exceptionNow());
    }
    Map<String, Long> revisions = new HashMap<>();
    long last = 0;
    for (Event event : events) {
      KeyValue pair = event.getKv();
      if (pair.getModRevision() <= last) {
        broken.add("the watch went from revision " + last + " to " + pair.getModRevision());
      }
      last = pair.getModRevision();
      if (revisions.put(pair.getKey().toString(UTF_8), last) != null) {
        broken.add("the watch saw key " + pair.getKey().toString(UTF_8) + " twice");
      }
    }
    stored.forEach(
        (key, pair) -> {
          Long revision = revisions.get(key);
          if (revision == null || revision != pair.getModRevision()) {
            broken.add(
                "key %s has revision %d, the watch saw it at %s"
                    .formatted(key, pair.getModRevision(), revision));
          }
        });
    return broken;
  }

  private List<Event> awaitEvents(int count) {
    long end = System.nanoTime() + WATCH_WAIT_MILLIS * 1_000_000;
    synchronized (seen) {
      try {
        while (seen.size() < count && System.nanoTime() < end) {
          seen.wait(WATCH_WAIT_MILLIS / 30);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return List.copyOf(seen);
    }
  }

  private Map<String, KeyValue> readAll() {
    Map<String, KeyValue> all = new TreeMap<>();
    ByteString from = FIRST;
    while (true) {
      RangeResponse page =
          client
              .keys()
              .range(
                  RangeRequest.newBuilder().setKey(from).setRangeEnd(END).setLimit(PAGE).build());
      page.getKvsList().forEach(pair -> all.put(pair.getKey().toString(UTF_8), pair));
      if (!page.getMore()) {
        return all;
      }
      from = page.getKvs(page.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
    }
  }

  @Override
  public void close() {
    watch.close();
    client.close();
  }
}
