package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.api.auth.CertifiedCaller;
import dev.trivet.api.etcd.HandTurnedStream;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchCancelRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchCreateRequest.FilterType;
import dev.trivet.proto.etcd.WatchProgressRequest;
import dev.trivet.proto.etcd.WatchRequest;
import dev.trivet.proto.etcd.WatchResponse;
import dev.trivet.proto.log.Asker;
import dev.trivet.watch.SimulatedHub;
import dev.trivet.watch.StoreEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Watchers of a random program, by different users, on streams that read or not: what each is told
 * against the model's events. In every other program the dispatcher works all off after each step;
 * then it is known to the message who is told what. In the others watchers lag, fall behind and are
 * overtaken by compactions.
 */
final class ProgramWatches {
  private static final List<String> USERS = List.of("", "root", "alice", "bob");
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final KeyModel keys;
  private final AuthModel auth;
  private final Random random;
  private final RequestMaker requests;
  private final SimulatedHub hub;
  private final boolean isPrompt;
  private final Map<String, Line> lines = new TreeMap<>();

  ProgramWatches(ReusedStore store, KeyModel keys, AuthModel auth, Random random) {
    this.keys = keys;
    this.auth = auth;
    this.random = random;
    this.requests = new RequestMaker(random);
    this.isPrompt = random.nextBoolean();
    StoreEvents events = new StoreEvents(store.store());
    this.hub = new SimulatedHub(events);
    for (String user : USERS) {
      lines.put(
          user,
          new Line(
              user,
              new HandTurnedStream(
                  hub, events, CertifiedCaller.of(store::access, store.store(), user))));
    }
  }

  static Asker asker(String user) {
    return Asker.newBuilder().setUser(user).setAuthRevision(Long.MAX_VALUE).build();
  }

  /** The hub hears of an entry. */
  void applied(Applied applied, String at) {
    hub.listener().onApplied(applied);
    if (isPrompt) {
      hub.settle();
    } else if (random.nextInt(3) == 0) {
      var _ = hub.round();
    }
    readAll(at);
  }

  /** Something that one of the streams does. */
  void act(String at) {
    Line line = lines.getOrDefault(USERS.get(random.nextInt(USERS.size())), firstLine());
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        if (line.stream.isReading()) {
          line.create(at);
        }
      }
      case 2 -> {
        if (line.stream.isReading()) {
          line.cancel(at);
        }
      }
      case 3 -> {
        if (line.stream.isReading()) {
          line.awaitsProgress = true;
          line.stream.send(
              WatchRequest.newBuilder()
                  .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                  .build());
        }
      }
      case 4 -> line.stream.setReading(isPrompt || random.nextBoolean());
      case 5 -> line.stream.tick();
      default -> {}
    }
    if (isPrompt) {
      hub.settle();
    }
    readAll(at);
    if (isPrompt) {
      lines.values().forEach(each -> each.assertComplete(at));
    }
  }

  /** Everybody reads to the end. */
  void end(String at) {
    lines.values().forEach(line -> line.stream.setReading(true));
    hub.settle();
    lines.values().forEach(line -> line.stream.tick());
    readAll(at);
    for (Line line : lines.values()) {
      line.assertComplete(at);
      assertThat(line.awaitsProgress).as("%s: progress is not told", at).isFalse();
    }
  }

  private Line firstLine() {
    return lines.values().iterator().next();
  }

  private void readAll(String at) {
    for (Line line : lines.values()) {
      line.stream.received().forEach(message -> line.check(message, at));
    }
  }

  private static final class Watcher {
    final WatchCreateRequest request;
    final long first;

    /** Whether a compaction had overtaken its begin when it came. */
    final boolean isLate;

    /** Events below are delivered. */
    long next;

    Watcher(WatchCreateRequest request, long first, boolean isLate) {
      this.request = request;
      this.first = first;
      this.isLate = isLate;
      this.next = first;
    }

    boolean wants(KeyModel.Happened event) {
      FilterType unwanted = event.now() == null ? FilterType.NODELETE : FilterType.NOPUT;
      String key = event.key();
      String from = request.getKey().isEmpty() ? "\0" : request.getKey().toStringUtf8();
      String end = request.getRangeEnd().toStringUtf8();
      boolean isInRange =
          end.isEmpty()
              ? key.equals(from)
              : from.compareTo(key) <= 0 && (end.equals("\0") || key.compareTo(end) < 0);
      return isInRange && !request.getFiltersList().contains(unwanted);
    }
  }

  /** One user's stream. */
  private final class Line {
    final String user;
    final HandTurnedStream stream;
    final Map<Long, Watcher> watchers = new TreeMap<>();
    boolean awaitsProgress;
    private long nextId;

    Line(String user, HandTurnedStream stream) {
      this.user = user;
      this.stream = stream;
    }

    void create(String at) {
      readAll(at);
      long revision = keys.revision();
      WatchCreateRequest request = request(revision);
      stream.send(WatchRequest.newBuilder().setCreateRequest(request).build());
      WatchResponse answer = stream.received().getFirst();
      assertThat(answer.getCreated()).as(at).isTrue();
      assertThat(answer.getHeader().getRevision()).as(at).isEqualTo(revision);
      String refusal = refusal(request);
      assertThat(answer.getCancelReason()).as("%s: %s", at, request).isEqualTo(refusal);
      assertThat(answer.getCanceled()).as(at).isEqualTo(!refusal.isEmpty());
      if (!refusal.isEmpty()) {
        assertThat(answer.getWatchId()).as(at).isEqualTo(-1);
        return;
      }
      assertThat(answer.getWatchId()).as(at).isEqualTo(nextId);
      long first = request.getStartRevision() == 0 ? revision + 1 : request.getStartRevision();
      watchers.put(nextId++, new Watcher(request, first, first < keys.compacted));
    }

    private WatchCreateRequest request(long revision) {
      WatchCreateRequest.Builder request =
          WatchCreateRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8(random.nextInt(5) == 0 ? "" : requests.key()))
              .setRangeEnd(ByteString.copyFromUtf8(requests.end()))
              .setPrevKv(random.nextBoolean());
      if (random.nextBoolean()) {
        request.setStartRevision(1 + random.nextLong(revision + 3));
      }
      switch (random.nextInt(5)) {
        case 0 -> request.addFilters(FilterType.NOPUT);
        case 1 -> request.addFilters(FilterType.NODELETE);
        default -> {}
      }
      return request.build();
    }

    private String refusal(WatchCreateRequest request) {
      ByteString from = request.getKey().isEmpty() ? ZERO : request.getKey();
      ErrorCode code = auth.judgeRead(asker(user), from, request.getRangeEnd());
      if (code != null) {
        return "rpc error: code = %s desc = %s"
            .formatted(
                code == ErrorCode.PERMISSION_DENIED ? "PermissionDenied" : "InvalidArgument",
                code.text());
      }
      String end = request.getRangeEnd().toStringUtf8();
      boolean isEmpty =
          !end.isEmpty() && !end.equals("\0") && from.toStringUtf8().compareTo(end) >= 0;
      return isEmpty ? "mvcc: watcher range is empty" : "";
    }

    void cancel(String at) {
      readAll(at);
      long id = random.nextLong(nextId + 1);
      stream.send(
          WatchRequest.newBuilder()
              .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
              .build());
      List<WatchResponse> answers = stream.received();
      if (watchers.remove(id) == null) {
        assertThat(answers).as(at).isEmpty();
      } else {
        assertThat(answers).as(at).hasSize(1);
        assertThat(answers.getFirst().getCanceled()).as(at).isTrue();
        assertThat(answers.getFirst().getCompactRevision()).as(at).isZero();
        assertThat(answers.getFirst().getWatchId()).as(at).isEqualTo(id);
      }
    }

    void check(WatchResponse message, String at) {
      long revision = message.getHeader().getRevision();
      assertThat(message.getCreated()).as(at).isFalse();
      assertThat(revision).as(at).isLessThanOrEqualTo(keys.revision());
      if (message.getWatchId() == -1) {
        assertThat(awaitsProgress).as("%s: nobody asked for progress", at).isTrue();
        awaitsProgress = false;
        watchers
            .values()
            .forEach(
                each ->
                    assertThat(wanted(each, revision))
                        .as("%s: progress at %d", at, revision)
                        .isEmpty());
        return;
      }
      Watcher watcher = watchers.get(message.getWatchId());
      if (watcher == null) {
        throw new AssertionError(at + ": nobody watches as " + message.getWatchId());
      }
      if (message.getCanceled()) {
        assertThat(message.getCompactRevision()).as(at).isEqualTo(keys.compacted);
        assertThat(watcher.first).as(at).isLessThan(keys.compacted);
        assertThat(watcher.isLate || !isPrompt).as("%s: cancelled", at).isTrue();
        watchers.remove(message.getWatchId());
        return;
      }
      checkEvents(watcher, message, at);
    }

    private void checkEvents(Watcher watcher, WatchResponse message, String at) {
      List<String> got = new ArrayList<>();
      for (Event event : message.getEventsList()) {
        long revision = event.getKv().getModRevision();
        assertThat(event.hasPrevKv() && !watcher.request.getPrevKv()).as(at).isFalse();
        got.add(KeyAgreement.text(revision, event, isWithBefore(watcher, event, revision)));
      }
      long last = message.getEvents(message.getEventsCount() - 1).getKv().getModRevision();
      List<Map.Entry<Long, KeyModel.Happened>> wanted = wanted(watcher, last);
      assertThat(got).as("%s: %s", at, watcher.request).hasSameSizeAs(wanted);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < wanted.size(); i++) {
        long revision = wanted.get(i).getKey();
        expected.add(
            KeyAgreement.text(
                revision,
                wanted.get(i).getValue(),
                isWithBefore(watcher, message.getEvents(i), revision)));
      }
      assertThat(got).as("%s: %s", at, watcher.request).isEqualTo(expected);
      assertThat(message.getHeader().getRevision()).as(at).isGreaterThanOrEqualTo(last);
      watcher.next = last + 1;
    }

    /** What was before a compaction's revision may be gone, and must not be false. */
    private boolean isWithBefore(Watcher watcher, Event event, long revision) {
      return watcher.request.getPrevKv() && (event.hasPrevKv() || revision > keys.compacted);
    }

    /** Revisions and events that a watcher wants and has not got. */
    private List<Map.Entry<Long, KeyModel.Happened>> wanted(Watcher watcher, long last) {
      List<Map.Entry<Long, KeyModel.Happened>> wanted = new ArrayList<>();
      if (watcher.next <= last) {
        keys.events
            .subMap(watcher.next, true, last, true)
            .forEach(
                (revision, events) ->
                    events.stream()
                        .filter(watcher::wants)
                        .forEach(event -> wanted.add(Map.entry(revision, event))));
      }
      return wanted;
    }

    void assertComplete(String at) {
      watchers.forEach(
          (id, watcher) -> {
            assertThat(wanted(watcher, keys.revision())).as("%s: not told to %d", at, id).isEmpty();
            assertThat(watcher.isLate).as("%s: %d is late and goes on", at, id).isFalse();
          });
    }
  }
}
