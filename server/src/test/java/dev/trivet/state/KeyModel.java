package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key space as plainly as it can be said: a whole copy of all keys for every revision. Keys and
 * values are ASCII text.
 */
final class KeyModel {
  /** One version of a key. */
  record Version(String value, long create, long mod, long version, long lease) {}

  /** A lease's time to live, and which of all grants it was. */
  record Lease(long ttlSeconds, long grant) {}

  /** What happened to one key in one revision. */
  record Happened(String key, @Nullable Version now, @Nullable Version before) {}

  /** What a compare sees of a key that is not there. */
  private static final Version NOTHING = new Version("", 0, 0, 0, 0);

  final TreeMap<Long, TreeMap<String, Version>> states = new TreeMap<>(Map.of(1L, new TreeMap<>()));
  final TreeMap<Long, List<Happened>> events = new TreeMap<>();
  final TreeMap<Long, Lease> leases = new TreeMap<>();
  long compacted;
  long grants;

  /** What the last write was answered with, an operation each. */
  List<String> answers = new ArrayList<>();

  private TreeMap<String, Version> working = new TreeMap<>();
  private List<Happened> happened = new ArrayList<>();

  long revision() {
    return states.lastKey();
  }

  NavigableMap<String, Version> now() {
    return states.lastEntry().getValue();
  }

  /** Null when refused. */
  @Nullable Boolean put(PutRequest request) {
    begin();
    return end(tryPut(request)) ? Boolean.TRUE : null;
  }

  int delete(DeleteRangeRequest request) {
    begin();
    int deleted = tryDelete(request);
    end(true);
    return deleted;
  }

  /** Null when refused, else whether the compares held. */
  @Nullable Boolean txn(TxnRequest request) {
    begin();
    NavigableMap<String, Version> before = now();
    boolean isDone = run(request, before);
    return end(isDone) ? holds(request, before) : null;
  }

  void revoke(long id) {
    begin();
    leases.remove(id);
    for (String key : List.copyOf(working.keySet())) {
      if (version(working, key).lease() == id) {
        remove(key);
      }
    }
    end(true);
  }

  /** The keys on a lease, in order. */
  List<ByteString> keysOn(long lease) {
    return now().entrySet().stream()
        .filter(entry -> lease != 0 && entry.getValue().lease() == lease)
        .map(entry -> ByteString.copyFromUtf8(entry.getKey()))
        .toList();
  }

  private void begin() {
    answers = new ArrayList<>();
    working = new TreeMap<>(now());
    happened = new ArrayList<>();
  }

  private boolean end(boolean isDone) {
    if (isDone && !happened.isEmpty()) {
      long next = revision() + 1;
      states.put(next, working);
      events.put(next, happened);
    }
    return isDone;
  }

  private boolean tryPut(PutRequest request) {
    String key = request.getKey().toStringUtf8();
    Version before = working.get(key);
    if (before == null && (request.getIgnoreValue() || request.getIgnoreLease())) {
      return false;
    }
    String value =
        before != null && request.getIgnoreValue()
            ? before.value()
            : request.getValue().toStringUtf8();
    long lease = before != null && request.getIgnoreLease() ? before.lease() : request.getLease();
    if (lease != 0 && !leases.containsKey(lease)) {
      return false;
    }
    long next = revision() + 1;
    Version now =
        before == null
            ? new Version(value, next, next, 1, lease)
            : new Version(value, before.create(), next, before.version() + 1, lease);
    working.put(key, now);
    happened.add(new Happened(key, now, before));
    answers.add(
        "put" + (request.getPrevKv() && before != null ? " " + KeyAnswers.text(key, before) : ""));
    return true;
  }

  private int tryDelete(DeleteRangeRequest request) {
    List<String> keys =
        new ArrayList<>(
            range(working, request.getKey().toStringUtf8(), request.getRangeEnd().toStringUtf8())
                .keySet());
    List<String> previous = new ArrayList<>();
    for (String key : keys) {
      if (request.getPrevKv()) {
        previous.add(KeyAnswers.text(key, version(working, key)));
      }
      remove(key);
    }
    answers.add("deleted " + keys.size() + " " + previous);
    return keys.size();
  }

  private void remove(String key) {
    happened.add(new Happened(key, null, working.remove(key)));
  }

  private boolean run(TxnRequest request, NavigableMap<String, Version> before) {
    for (RequestOp operation :
        holds(request, before) ? request.getSuccessList() : request.getFailureList()) {
      boolean isDone =
          switch (operation.getRequestCase()) {
            case REQUEST_PUT -> tryPut(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> tryDelete(operation.getRequestDeleteRange()) >= 0;
            case REQUEST_TXN -> run(operation.getRequestTxn(), before);
            case REQUEST_RANGE ->
                answers.add("range " + KeyAnswers.of(working, operation.getRequestRange()));
            case REQUEST_NOT_SET -> true;
          };
      if (!isDone) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(TxnRequest request, NavigableMap<String, Version> rows) {
    for (Compare compare : request.getCompareList()) {
      Collection<Version> found =
          range(rows, compare.getKey().toStringUtf8(), compare.getRangeEnd().toStringUtf8())
              .values();
      boolean holds =
          found.isEmpty()
              ? compare.getTarget() != Compare.CompareTarget.VALUE && holds(compare, NOTHING)
              : found.stream().allMatch(version -> holds(compare, version));
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Compare compare, Version found) {
    int order =
        switch (compare.getTarget()) {
          case VALUE -> found.value().compareTo(compare.getValue().toStringUtf8());
          case VERSION -> Long.compare(found.version(), compare.getVersion());
          case CREATE -> Long.compare(found.create(), compare.getCreateRevision());
          case MOD -> Long.compare(found.mod(), compare.getModRevision());
          case LEASE -> Long.compare(found.lease(), compare.getLease());
          case UNRECOGNIZED -> throw new IllegalArgumentException("not made by these programs");
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> throw new IllegalArgumentException("not made by these programs");
    };
  }

  static Map<String, Version> range(NavigableMap<String, Version> rows, String from, String end) {
    if (end.isEmpty()) {
      Version one = rows.get(from);
      return one == null ? new HashMap<>() : new HashMap<>(Map.of(from, one));
    }
    if (end.equals("\0")) {
      return rows.tailMap(from, true);
    }
    return from.compareTo(end) >= 0 ? new HashMap<>() : rows.subMap(from, true, end, false);
  }

  static Version version(Map<String, Version> rows, String key) {
    Version version = rows.get(key);
    if (version == null) {
      throw new IllegalStateException("no key " + key);
    }
    return version;
  }
}
