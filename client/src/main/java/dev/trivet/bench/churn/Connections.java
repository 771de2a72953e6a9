package dev.trivet.bench.churn;

import dev.trivet.bench.wire.WireClient;
import dev.trivet.bench.wire.WireConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections in turns: who had a failure takes the next one, so that a node may go away. A
 * connection that broke stays broken, so that its turns fail at once. Owned by the wire's thread.
 */
final class Connections {
  private final WireClient wire;
  private final List<WireConnection> all = new ArrayList<>();
  private int turn;
  private boolean isStopped;

  Connections(WireClient wire, List<String> endpoints, int each) {
    this.wire = wire;
    for (int round = 0; round < each; round++) {
      endpoints.forEach(endpoint -> all.add(wire.connect(endpoint)));
    }
  }

  WireConnection next() {
    turn = (turn + 1) % all.size();
    return all.get(turn);
  }

  /** Does something again and again until {@link #stop}, first after one such time. */
  void every(Duration time, Runnable work) {
    later(
        time,
        () -> {
          every(time, work);
          work.run();
        });
  }

  /** Does something after a while, unless {@link #stop} comes before. */
  void later(Duration time, Runnable work) {
    if (!isStopped) {
      wire.later(
          () -> {
            if (!isStopped) {
              work.run();
            }
          },
          time.toMillis());
    }
  }

  /** Nothing is begun any more. */
  void stop() {
    isStopped = true;
  }
}
