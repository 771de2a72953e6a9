package dev.trivet.api.etcd;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchCreateRequest.FilterType;
import dev.trivet.watch.Interest;
import java.util.Comparator;
import java.util.Set;

/**
 * Which events a watcher wants: of one key, of a half-open range, or of all keys from one on.
 *
 * @param end not included; empty: the one key {@code from}; one zero byte: no end
 */
record WatchedKeys(ByteString from, ByteString end, boolean wantsPuts, boolean wantsDeletes)
    implements Interest {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  /** An empty key means the first there can be, as in etcd. */
  static WatchedKeys of(WatchCreateRequest request) {
    return new WatchedKeys(
        request.getKey().isEmpty() ? ZERO : request.getKey(),
        request.getRangeEnd(),
        !request.getFiltersList().contains(FilterType.NOPUT),
        !request.getFiltersList().contains(FilterType.NODELETE));
  }

  /** Whether no key can lie in the range. */
  boolean isEmpty() {
    return !end.isEmpty() && !end.equals(ZERO) && ORDER.compare(from, end) >= 0;
  }

  @Override
  public boolean isIn(Event event) {
    boolean isWantedType = event.getType() == Event.EventType.PUT ? wantsPuts : wantsDeletes;
    return isWantedType && contains(event.getKv().getKey());
  }

  @Override
  public Set<ByteString> keys() {
    return end.isEmpty() ? Set.of(from) : Set.of();
  }

  private boolean contains(ByteString key) {
    if (end.isEmpty()) {
      return key.equals(from);
    }
    return ORDER.compare(from, key) <= 0 && (end.equals(ZERO) || ORDER.compare(key, end) < 0);
  }
}
