package dev.trivet.state;

import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.state.KeyModel.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the model answers to a range, said the plain way: all keys of the range, those that pass,
 * sorted, cut.
 */
record KeyAnswers(List<String> keys, long count, boolean more) {
  /** A key and its version, as text. */
  static String text(String key, Version version) {
    return key + " " + version;
  }

  static KeyAnswers of(NavigableMap<String, Version> rows, RangeRequest request) {
    NavigableMap<String, Version> all =
        new TreeMap<>(
            KeyModel.range(
                rows, request.getKey().toStringUtf8(), request.getRangeEnd().toStringUtf8()));
    if (request.getCountOnly()) {
      return new KeyAnswers(List.of(), all.size(), false);
    }
    List<String> passed = new ArrayList<>();
    all.forEach(
        (key, version) -> {
          if (isWithin(version.mod(), request.getMinModRevision(), request.getMaxModRevision())
              && isWithin(
                  version.create(),
                  request.getMinCreateRevision(),
                  request.getMaxCreateRevision())) {
            passed.add(key);
          }
        });
    Comparator<String> order = order(all, request.getSortTarget());
    passed.sort(request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order);
    List<String> limited =
        request.getLimit() > 0 && request.getLimit() < passed.size()
            ? passed.subList(0, Math.toIntExact(request.getLimit()))
            : passed;
    return new KeyAnswers(
        limited.stream().map(key -> text(key, shown(KeyModel.version(all, key), request))).toList(),
        all.size(),
        limited.size() < passed.size());
  }

  private static Version shown(Version version, RangeRequest request) {
    return request.getKeysOnly()
        ? new Version("", version.create(), version.mod(), version.version(), version.lease())
        : version;
  }

  private static boolean isWithin(long revision, long min, long max) {
    return (min == 0 || revision >= min) && (max == 0 || revision <= max);
  }

  /** Keys that are alike stay in the order of their names. */
  private static Comparator<String> order(NavigableMap<String, Version> all, SortTarget target) {
    return switch (target) {
      case KEY -> Comparator.naturalOrder();
      case VERSION -> Comparator.comparingLong(key -> KeyModel.version(all, key).version());
      case CREATE -> Comparator.comparingLong(key -> KeyModel.version(all, key).create());
      case MOD -> Comparator.comparingLong(key -> KeyModel.version(all, key).mod());
      case VALUE -> Comparator.comparing(key -> KeyModel.version(all, key).value());
      case UNRECOGNIZED -> throw new IllegalArgumentException("not made by these programs");
    };
  }
}
