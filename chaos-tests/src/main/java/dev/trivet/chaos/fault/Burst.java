package dev.trivet.chaos.fault;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.StatusResponse;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes until those who are away have missed more of the log than is kept: a snapshot comes every
 * some thousand entries, and the log before it goes by whole segments.
 */
final class Burst {
  /** More would make entries larger, not more of them. */
  private static final int THREADS = 8;

  /** So that a segment is full before there is a snapshot. */
  private static final int VALUE_BYTES = 2_000;

  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** A segment, by the index of its first entry. */
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+).*");

  private Burst() {}

  /**
   * Writes until then, or for four minutes.
   *
   * @return entries that were added to the log
   */
  static long untilLogIsPurged(Scene scene, Node away) throws InterruptedException {
    List<LocalNode> others = scene.others(away).stream().map(Node::local).toList();
    long from = index(others.getFirst());
    until(scene, away, () -> others.stream().allMatch(node -> firstLogged(node) > from));
    return index(others.getFirst()) - from;
  }

  /**
   * Writes at all nodes but one until something is so, or for four minutes.
   *
   * @param isEnough asked again and again, by the calling thread
   */
  static void until(Scene scene, Node besides, BooleanSupplier isEnough)
      throws InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    try (TrivetClient client = Members.others(scene, besides)) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        ByteString key = ByteString.copyFromUtf8("burst/" + i);
        writers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (!isOver.get()) {
                        try {
                          client.keys().put(key, value);
                        } catch (TrivetException _) {
                          // More follow.
                        }
                      }
                    }));
      }
      var _ = Waiting.comes(LIMIT, isEnough);
      isOver.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
  }

  private static long index(Node node) {
    return Scene.status(node).map(StatusResponse::getRaftIndex).orElse(0L);
  }

  /** Where a node's log begins; 0 while its files come and go. */
  private static long firstLogged(LocalNode node) {
    long first = Long.MAX_VALUE;
    try (DirectoryStream<Path> groups = Files.newDirectoryStream(node.folder().resolve("raft"))) {
      for (Path group : groups) {
        try (DirectoryStream<Path> segments =
            Files.newDirectoryStream(group.resolve("current"), "log_*")) {
          for (Path segment : segments) {
            Matcher name = SEGMENT.matcher(String.valueOf(segment.getFileName()));
            if (name.matches()) {
              first = Math.min(first, Long.parseLong(name.group(1)));
            }
          }
        }
      }
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException e) {
      throw new IllegalStateException("the log of " + node.name() + " cannot be looked at", e);
    }
    return first == Long.MAX_VALUE ? 0 : first;
  }
}
