package dev.trivet.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.state.Applied;
import dev.trivet.state.entry.Change;
import dev.trivet.state.entry.Change.KeysChanged;
import dev.trivet.store.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WatchHubTest {
  private static final int KEYS = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyWatcherGetsEachWantedRevisionOnceInOrder(long seed) {
    Random random = new Random(seed);
    History history = new History();
    List<Watcher> watchers = new ArrayList<>();
    try (WatchHub hub = new WatchHub(history, 1 + random.nextInt(40), System::nanoTime)) {
      hub.start();

      for (int step = 0; step < 600; step++) {
        switch (random.nextInt(8)) {
          case 0 -> watchers.add(new Watcher(hub, history, random));
          case 1 -> anyOf(watchers, random, Watcher::pause);
          case 2 -> anyOf(watchers, random, Watcher::proceed);
          case 3 -> cancelRarely(watchers, random);
          default -> hub.onApplied(history.append(random));
        }
      }
      watchers.forEach(Watcher::proceed);
      long end = history.currentRevision();

      for (Watcher watcher : watchers) {
        await("seed " + seed)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .atMost(Duration.ofSeconds(30))
            .until(() -> watcher.isCancelled() || watcher.watch.deliveredRevision() >= end);
        watcher.check("seed " + seed, end);
      }
    }
  }

  @Test
  void aWatcherBehindTheCompactionIsToldItsRevision() {
    History history = new History();
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      history.append(random);
    }
    history.compact(6);
    try (WatchHub hub = new WatchHub(history)) {
      hub.start();

      Watcher behind = new Watcher(hub, 5, event -> true);
      Watcher at = new Watcher(hub, 6, event -> true);

      await().until(() -> behind.compactedRevision() == 6);
      await().until(() -> at.watch.deliveredRevision() == history.currentRevision());
      assertThat(at.compactedRevision()).isZero();
    }
  }

  @Test
  void aRestoredStateIsCaughtUpWith() {
    History history = new History();
    Random random = new Random(1);
    try (WatchHub hub = new WatchHub(history)) {
      hub.start();
      Watcher watcher = new Watcher(hub, 2, event -> true);
      for (int i = 0; i < 10; i++) {
        history.append(random);
      }

      hub.onRestored();

      await().until(() -> watcher.watch.deliveredRevision() == history.currentRevision());
    }
  }

  @Test
  void whatCameByASnapshotOfKeysIsCaughtUpWith() {
    History history = new History();
    Random random = new Random(1);
    try (WatchHub hub = new WatchHub(history)) {
      hub.start();
      Watcher watcher = new Watcher(hub, 2, event -> true);
      for (int i = 0; i < 10; i++) {
        history.append(random);
      }

      hub.onApplied(
          new Applied(
              new LogPosition(1, 99),
              List.of(),
              List.of(new Change.Restored(history.currentRevision()))));

      await().until(() -> watcher.watch.deliveredRevision() == history.currentRevision());
    }
  }

  @Test
  void whoIsALittleBehindIsServedFromMemory() {
    History history = new History();
    Random random = new Random(1);
    try (WatchHub hub = new WatchHub(history)) {
      hub.start();
      Watcher slow = new Watcher(hub, 2, event -> true);
      Watcher quick = new Watcher(hub, 2, event -> true);
      slow.pause();
      for (int i = 0; i < 10; i++) {
        hub.onApplied(history.append(random));
      }
      await().until(() -> quick.watch.deliveredRevision() == history.currentRevision());

      slow.proceed();

      await().until(() -> slow.watch.deliveredRevision() == history.currentRevision());
      assertThat(slow.got).isEqualTo(quick.got);
      assertThat(history.reads()).isZero();
    }
  }

  @Test
  void changesSoonAfterOneThatWentToManyGoToEachAtOnce() {
    History history = new History();
    Random random = new Random(1);
    AtomicLong now = new AtomicLong();
    List<Watcher> watchers = new ArrayList<>();
    try (WatchHub hub = new WatchHub(history, 1_000, now::get)) {
      hub.start();
      for (int i = 0; i < 300; i++) {
        watchers.add(new Watcher(hub, 2, event -> true));
      }
      hub.onApplied(history.append(random));
      Watcher last = watchers.getLast();
      await().until(() -> last.watch.deliveredRevision() == 2);
      for (int i = 0; i < 4; i++) {
        hub.onApplied(history.append(random));
        // One that is caught up with shows that the dispatcher has looked around since.
        Watcher late = new Watcher(hub, 2, event -> true);
        await().pollInterval(Duration.ofMillis(2)).until(() -> late.calls() > 0);
      }

      now.addAndGet(20_000_000);

      await().until(() -> last.watch.deliveredRevision() == 6);
      assertThat(watchers).allMatch(watcher -> watcher.calls() == 2);
    }
  }

  private static void cancelRarely(List<Watcher> watchers, Random random) {
    if (random.nextInt(4) == 0) {
      anyOf(watchers, random, Watcher::cancel);
    }
  }

  private static void anyOf(List<Watcher> watchers, Random random, Consumer<Watcher> action) {
    if (!watchers.isEmpty()) {
      action.accept(watchers.get(random.nextInt(watchers.size())));
    }
  }

  /** Every revision in memory, as the store would have it. */
  private static final class History implements EventSource {
    private final List<KeysChanged> changes = new ArrayList<>();
    private long compacted;
    private int reads;

    synchronized int reads() {
      return reads;
    }

    synchronized Applied append(Random random) {
      long revision = currentRevision() + 1;
      List<Event> events = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        KeyValue.Builder kv =
            KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8("k" + random.nextInt(KEYS)))
                .setModRevision(revision)
                .setVersion(i);
        events.add(Event.newBuilder().setKv(kv).build());
      }
      KeysChanged change = new KeysChanged(revision, events);
      changes.add(change);
      return new Applied(new LogPosition(1, revision), List.of(), List.of(change));
    }

    synchronized void compact(long revision) {
      compacted = revision;
    }

    synchronized List<KeysChanged> expected(long from, long to, Interest interest) {
      return changes.stream()
          .filter(change -> change.revision() >= from && change.revision() <= to)
          .map(
              c ->
                  new KeysChanged(
                      c.revision(), c.events().stream().filter(interest::isIn).toList()))
          .filter(change -> !change.events().isEmpty())
          .toList();
    }

    @Override
    public synchronized List<KeysChanged> read(long fromRevision, int maxEvents) {
      if (fromRevision < compacted) {
        throw ErrorCode.COMPACTED.exception();
      }
      reads++;
      // The first change has revision 2.
      int from = Math.clamp(fromRevision - 2, 0, changes.size());
      return List.copyOf(changes.subList(from, Math.min(from + 7, changes.size())));
    }

    @Override
    public synchronized long compactedRevision() {
      return compacted;
    }

    @Override
    public synchronized long currentRevision() {
      return changes.size() + 1L;
    }
  }

  private static boolean isOf(String key, Event event) {
    return event.getKv().getKey().toStringUtf8().equals(key);
  }

  /** Names its key, so that it is not asked about others. */
  private record OneKey(String key) implements Interest {
    @Override
    public boolean isIn(Event event) {
      return isOf(key, event);
    }

    @Override
    public Set<ByteString> keys() {
      return Set.of(ByteString.copyFromUtf8(key));
    }
  }

  private static final class Watcher implements WatchSink {
    private final Interest interest;
    private final long start;
    private final List<KeysChanged> got = new ArrayList<>();
    private int calls;
    private boolean isReady = true;
    private boolean isCancelled;
    private boolean isCalledAfterCancel;
    private long compacted;
    private final History history;
    private final Watch watch;

    Watcher(WatchHub hub, History history, Random random) {
      this.history = history;
      String key = "k" + random.nextInt(KEYS);
      interest = random.nextBoolean() ? new OneKey(key) : event -> isOf(key, event);
      long current = history.currentRevision();
      long asked =
          switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> 2 + random.nextLong(current);
            default -> current + random.nextInt(20);
          };
      start = asked == 0 ? current + 1 : asked;
      watch = hub.watch(interest, asked, this);
    }

    Watcher(WatchHub hub, long start, Interest interest) {
      this.history = new History();
      this.interest = interest;
      this.start = start;
      watch = hub.watch(interest, start, this);
    }

    synchronized void pause() {
      isReady = false;
    }

    void proceed() {
      synchronized (this) {
        isReady = true;
      }
      watch.resume();
    }

    void cancel() {
      watch.cancel();
      synchronized (this) {
        isCancelled = true;
      }
    }

    synchronized int calls() {
      return calls;
    }

    synchronized boolean isCancelled() {
      return isCancelled;
    }

    synchronized long compactedRevision() {
      return compacted;
    }

    synchronized void check(String seed, long end) {
      assertThat(isCalledAfterCancel).as(seed).isFalse();
      List<KeysChanged> expected = history.expected(start, end, interest);
      if (isCancelled) {
        assertThat(expected.subList(0, got.size())).as(seed).isEqualTo(got);
      } else {
        assertThat(got).as(seed).isEqualTo(expected);
      }
    }

    @Override
    public synchronized boolean isReady() {
      return isReady;
    }

    @Override
    public boolean wantsPrevious() {
      return false;
    }

    @Override
    public synchronized void onEvents(List<KeysChanged> revisions) {
      isCalledAfterCancel |= isCancelled;
      got.addAll(revisions);
      calls++;
    }

    @Override
    public synchronized void onCompacted(long compactedRevision) {
      compacted = compactedRevision;
    }

    @Override
    public synchronized void onFailed(TrivetException failure) {
      throw new AssertionError(failure);
    }
  }
}
