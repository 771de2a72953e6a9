package dev.trivet.state;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each extent is named, and since when it is garbage, counted by hand. */
final class ExtentModel {
  static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

  final TreeMap<ByteString, Integer> references = new TreeMap<>(ORDER);
  final TreeMap<ByteString, Long> sizes = new TreeMap<>(ORDER);
  final TreeMap<ByteString, Long> garbage = new TreeMap<>(ORDER);
  private final List<ByteString> unswept = new ArrayList<>();

  ExtentModel copy() {
    ExtentModel copy = new ExtentModel();
    copy.references.putAll(references);
    copy.sizes.putAll(sizes);
    copy.garbage.putAll(garbage);
    copy.unswept.addAll(unswept);
    return copy;
  }

  boolean mayRetain(ByteString id) {
    return !garbage.containsKey(id);
  }

  void retain(ByteString id, long size) {
    sizes.putIfAbsent(id, size);
    references.merge(id, 1, Integer::sum);
  }

  void release(ByteString id) {
    references.merge(id, -1, Integer::sum);
  }

  /** Released by the next {@link #sweep}. */
  void releaseLater(ByteString id) {
    unswept.add(id);
  }

  void sweep(long millis) {
    unswept.forEach(this::release);
    unswept.clear();
    settle(millis);
  }

  /** What nothing names any more is garbage from now on. */
  void settle(long millis) {
    for (Map.Entry<ByteString, Integer> entry : references.entrySet()) {
      if (entry.getValue() == 0) {
        garbage.putIfAbsent(entry.getKey(), millis);
      }
    }
  }

  void drop(long beforeMillis) {
    for (ByteString id : List.copyOf(garbage.keySet())) {
      if (garbage.getOrDefault(id, Long.MAX_VALUE) < beforeMillis) {
        garbage.remove(id);
        references.remove(id);
        sizes.remove(id);
      }
    }
  }
}
