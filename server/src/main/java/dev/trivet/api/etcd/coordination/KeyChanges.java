package dev.trivet.api.etcd.coordination;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import dev.trivet.watch.Interest;
import java.util.Set;

/** Events of a few keys: all of them, or deletions alone. */
record KeyChanges(Set<ByteString> keys, boolean isDeletionsOnly) implements Interest {
  @Override
  public boolean isIn(Event event) {
    return keys.contains(event.getKv().getKey())
        && (!isDeletionsOnly || event.getType() == Event.EventType.DELETE);
  }
}
