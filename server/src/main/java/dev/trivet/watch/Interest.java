package dev.trivet.watch;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.Event;
import java.util.Set;

/** Which events a watcher wants. Asked by the dispatcher thread: must not block, nor change. */
public interface Interest {
  boolean isIn(Event event);

  /**
   * The keys that wanted events are about, if they are few; empty if they can be any. Who names
   * them costs nothing while others change.
   */
  default Set<ByteString> keys() {
    return Set.of();
  }
}
