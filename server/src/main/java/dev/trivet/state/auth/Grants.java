package dev.trivet.state.auth;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Permission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys that somebody may read, or write: disjoint half-open ranges in order, so that what two
 * permissions give together is asked for in one step.
 */
final class Grants {
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  /** A null end: no end. */
  private record Range(ByteString from, @Nullable ByteString to) {
    static Range of(ByteString key, ByteString end) {
      if (end.isEmpty()) {
        return new Range(key, key.concat(ZERO));
      }
      return new Range(key, end.equals(ZERO) ? null : end);
    }

    boolean reaches(ByteString key) {
      return to == null || ORDER.compare(to, key) >= 0;
    }

    /** The two together, where they meet. */
    Range with(Range next) {
      return next.to == null || !reaches(next.to) ? new Range(from, next.to) : this;
    }
  }

  private final List<Range> ranges;

  private Grants(List<Range> ranges) {
    this.ranges = ranges;
  }

  static Grants of(List<Permission> permissions) {
    List<Range> sorted = new ArrayList<>();
    for (Permission permission : permissions) {
      sorted.add(Range.of(permission.getKey(), permission.getRangeEnd()));
    }
    sorted.sort(Comparator.comparing(Range::from, ORDER));
    List<Range> merged = new ArrayList<>();
    for (Range next : sorted) {
      if (!merged.isEmpty() && merged.getLast().reaches(next.from())) {
        merged.set(merged.size() - 1, merged.getLast().with(next));
      } else {
        merged.add(next);
      }
    }
    return new Grants(List.copyOf(merged));
  }

  /** Whether all keys of a range, as a request names it, are among these. */
  boolean cover(ByteString key, ByteString end) {
    Range asked = Range.of(key, end);
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ORDER.compare(ranges.get(middle).from(), key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return false;
    }
    Range range = ranges.get(low - 1);
    boolean holdsKey = range.to() == null || ORDER.compare(range.to(), key) > 0;
    if (asked.to() == null) {
      return range.to() == null;
    }
    // A range that ends before it begins has no keys; as in etcd it must still lie inside.
    return holdsKey && range.reaches(asked.to()) && ORDER.compare(range.from(), asked.to()) < 0;
  }
}
