package dev.trivet.watch;

import dev.trivet.replicate.AppliedListener;
import java.util.concurrent.atomic.AtomicLong;

/** The real {@link WatchHub}, whose dispatcher is the simulation. */
public final class SimulatedHub {
  private static final int FEED_EVENTS = 8;

  private final WatchHub hub;

  public SimulatedHub(EventSource source) {
    // A small feed, so that it overflows.
    // No pauses: a second passes between any two looks at its clock.
    AtomicLong nanos = new AtomicLong();
    this.hub = new WatchHub(source, FEED_EVENTS, () -> nanos.addAndGet(1_000_000_000));
    hub.begin();
  }

  /** For who takes the real one. */
  public WatchHub hub() {
    return hub;
  }

  public AppliedListener listener() {
    return hub;
  }

  public Watch watch(Interest interest, long startRevision, WatchSink sink) {
    return hub.watch(interest, startRevision, sink);
  }

  /** Whether a round is due. */
  public boolean isAwake() {
    return hub.isAwake();
  }

  /** Rounds until there is nothing more to do. */
  public void settle() {
    boolean isMore = true;
    while (isMore) {
      isMore = hub.round() || hub.isAwake();
    }
  }

  /** One round of the dispatcher; true if the next is due. */
  public boolean round() {
    return hub.round();
  }
}
