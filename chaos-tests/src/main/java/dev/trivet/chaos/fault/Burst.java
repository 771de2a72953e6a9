package dev.trivet.chaos.fault;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.environment.Node;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes until those who are away have missed more of the log than is kept. */
final class Burst {
  /**
   * A snapshot comes every 5,000 entries; of these, the first may come before the segment is full
   * that the victim had read to, the second cannot.
   */
  private static final long ENTRIES = 11_000;

  private static final int THREADS = 24;
  private static final int VALUE_BYTES = 1_500;
  private static final long LIMIT_MILLIS = 240_000;

  private Burst() {}

  /**
   * Writes until then, or for four minutes.
   *
   * @return entries that were added to the log
   */
  static long untilLogIsPurged(Scene scene, Node away) throws InterruptedException {
    Node alive = scene.others(away).getFirst();
    long from = index(alive);
    AtomicBoolean isEnough = new AtomicBoolean();
    ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    try (TrivetClient client = Members.others(scene, away)) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        ByteString key = ByteString.copyFromUtf8("burst/" + i);
        writers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (!isEnough.get()) {
                        try {
                          client.keys().put(key, value);
                        } catch (TrivetException _) {
                          // More follow.
                        }
                      }
                    }));
      }
      var _ = Scene.await(LIMIT_MILLIS, () -> index(alive) - from > ENTRIES);
      isEnough.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
    return index(alive) - from;
  }

  private static long index(Node node) {
    return Scene.status(node).map(StatusResponse::getRaftIndex).orElse(0L);
  }
}
