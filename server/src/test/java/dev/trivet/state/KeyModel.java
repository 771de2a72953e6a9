package dev.trivet.state;

import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.ArrayList;
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

  final TreeMap<Long, TreeMap<String, Version>> states = new TreeMap<>(Map.of(1L, new TreeMap<>()));
  final TreeMap<Long, List<Happened>> events = new TreeMap<>();
  final TreeMap<Long, Lease> leases = new TreeMap<>();
  long compacted;
  long grants;
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

  private void begin() {
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
    return true;
  }

  private int tryDelete(DeleteRangeRequest request) {
    List<String> keys =
        new ArrayList<>(
            range(working, request.getKey().toStringUtf8(), request.getRangeEnd().toStringUtf8())
                .keySet());
    keys.forEach(this::remove);
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
            case REQUEST_RANGE, REQUEST_NOT_SET -> true;
          };
      if (!isDone) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(TxnRequest request, Map<String, Version> rows) {
    for (Compare compare : request.getCompareList()) {
      Version found = rows.get(compare.getKey().toStringUtf8());
      boolean holds =
          switch (compare.getTarget()) {
            case VALUE -> found != null && found.value().equals(compare.getValue().toStringUtf8());
            case VERSION -> (found == null ? 0 : found.version()) == compare.getVersion();
            case CREATE -> (found == null ? 0 : found.create()) == compare.getCreateRevision();
            case MOD -> (found == null ? 0 : found.mod()) == compare.getModRevision();
            case LEASE, UNRECOGNIZED ->
                throw new IllegalArgumentException("not made by these programs");
          };
      if (!holds) {
        return false;
      }
    }
    return true;
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
