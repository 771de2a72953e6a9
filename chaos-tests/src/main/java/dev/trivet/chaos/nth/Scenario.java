package dev.trivet.chaos.nth;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Work of a node that can be done again and again. */
enum Scenario {
  /** A node starts on a folder with data: tables, a snapshot, a log, extents. */
  START("start", 1, 100) {
    @Override
    void prepare(Crowd crowd) throws IOException, InterruptedException {
      try (TrivetClient client = crowd.client()) {
        crowd.written().makeBucket(client);
        var _ = crowd.written().put(client, 130);
        var _ = crowd.written().putBlob(client, 200_000);
        var _ = crowd.written().putBlob(client, 5_000);
      }
    }

    @Override
    void rewind(Crowd crowd) throws IOException, InterruptedException {
      if (crowd.victim().isRunning()) {
        crowd.victim().kill();
      }
    }

    @Override
    Written.Told work(Crowd crowd) throws IOException, InterruptedException {
      crowd.victim().start();
      var _ =
          Waiting.comes(
              Crowd.SERVE_LIMIT, () -> !crowd.victim().isRunning() || crowd.victim().isReady());
      return Written.Told.NOTHING;
    }
  },

  /** Keys and a blob are written. */
  WRITE("write", 1, 1_000_000) {
    @Override
    void prepare(Crowd crowd) throws IOException, InterruptedException {
      START.prepare(crowd);
    }

    @Override
    Written.Told work(Crowd crowd) throws IOException, InterruptedException {
      try (TrivetClient client = Crowd.hastyClient(crowd.nodes())) {
        Written.Told told = crowd.written().put(client, 4);
        told = told.and(crowd.written().putBlob(client, 600_000));
        return told.and(crowd.written().put(client, 2));
      }
    }
  },

  /** The state's tables are written into a snapshot, and the log before it goes. */
  SNAPSHOT("snapshot", 1, 40) {
    @Override
    void prepare(Crowd crowd) throws IOException, InterruptedException {
      START.prepare(crowd);
    }

    @Override
    void rewind(Crowd crowd) throws IOException, InterruptedException {
      super.rewind(crowd);
      long last = newestSnapshot(crowd.victim());
      try (TrivetClient client = crowd.client()) {
        for (long i = crowd.index() - last; i < entriesPerSnapshot() - 3; i++) {
          var _ = crowd.written().put(client);
        }
      }
    }

    @Override
    Written.Told work(Crowd crowd) throws IOException, InterruptedException {
      long before = newestSnapshot(crowd.victim());
      Written.Told told = Written.Told.NOTHING;
      try (TrivetClient client = Crowd.hastyClient(crowd.nodes())) {
        for (int i = 0; i < 10 && told.failed() == 0 && isOld(crowd, before); i++) {
          told = told.and(crowd.written().put(client));
          var _ = Waiting.comes(Duration.ofMillis(200), () -> !isOld(crowd, before));
        }
      }
      return told;
    }

    private static boolean isOld(Crowd crowd, long before) {
      return newestSnapshot(crowd.victim()) == before;
    }
  },

  /** A node without data is admitted and gets a snapshot, for the log's begin is gone. */
  INSTALLATION("installation", 3, 60) {
    @Override
    void prepare(Crowd crowd) throws IOException, InterruptedException {
      START.prepare(crowd);
    }

    @Override
    void rewind(Crowd crowd) throws IOException, InterruptedException {
      LocalNode victim = crowd.victim();
      if (victim.isRunning()) {
        victim.kill();
      }
      victim.wipe();
      victim.start();
      require(
          Waiting.comes(Crowd.SERVE_LIMIT, () -> crowd.role().equals(WAITING)),
          victim.name() + " does not wait at the door");
    }

    @Override
    Written.Told work(Crowd crowd) throws IOException, InterruptedException {
      admit(crowd);
      var _ =
          Waiting.comes(
              Crowd.SERVE_LIMIT, () -> !crowd.victim().isRunning() || crowd.victim().isReady());
      return Written.Told.NOTHING;
    }

    @Override
    void help(Crowd crowd) {
      if (crowd.role().equals(WAITING)) {
        admit(crowd);
      }
    }
  },

  /** A copy of an extent is gone from a node's disk, and comes back from another node. */
  REPAIR("repair", 3, 1_000_000) {
    @Override
    void prepare(Crowd crowd) throws IOException, InterruptedException {
      try (TrivetClient client = crowd.client()) {
        crowd.written().makeBucket(client);
        var _ = crowd.written().put(client, 5);
        var _ = crowd.written().putBlob(client, 600_000);
      }
    }

    @Override
    void rewind(Crowd crowd) throws IOException, InterruptedException {
      super.rewind(crowd);
      LocalNode victim = crowd.victim();
      require(
          Waiting.comes(Crowd.SERVE_LIMIT, () -> extents(victim).size() == 1),
          victim.name() + " has " + extents(victim));
      Files.delete(extents(victim).getFirst());
    }

    @Override
    Written.Told work(Crowd crowd) throws IOException, InterruptedException {
      LocalNode victim = crowd.victim();
      Written.Told told = Written.Told.NOTHING;
      try (TrivetClient client = Crowd.hastyClient(List.of(victim))) {
        crowd.written().readLastBlob(client);
      } catch (TrivetException e) {
        told = Written.Told.failure(e);
      }
      require(
          Waiting.comes(REPAIR_LIMIT, () -> !victim.isRunning() || !extents(victim).isEmpty()),
          "the copy does not come back while " + victim.name() + " runs");
      return told;
    }
  };

  private static final String WAITING = "WAITING";

  /** A copy that failed is tried again after 1 s, 2 s, 4 s, each with a round of 2 s. */
  private static final Duration REPAIR_LIMIT = Duration.ofMinutes(1);

  private static final Pattern SNAPSHOT_NAME = Pattern.compile("checkpoint\\.\\d+_(\\d+)");

  private final String word;
  private final int size;
  private final int entriesPerSnapshot;

  Scenario(String word, int size, int entriesPerSnapshot) {
    this.word = word;
    this.size = size;
    this.entriesPerSnapshot = entriesPerSnapshot;
  }

  /** As the command line has it. */
  String word() {
    return word;
  }

  int size() {
    return size;
  }

  int entriesPerSnapshot() {
    return entriesPerSnapshot;
  }

  /** Once, when all nodes serve: writes what is to be there before. */
  abstract void prepare(Crowd crowd) throws IOException, InterruptedException;

  /** Before each time: without a failure, up to where the work begins. */
  void rewind(Crowd crowd) throws IOException, InterruptedException {
    require(
        Waiting.comes(Crowd.SERVE_LIMIT, () -> crowd.nodes().stream().allMatch(LocalNode::isReady)),
        "not all nodes serve before the work");
  }

  /**
   * The work, during which a call may fail; ends when it is done, or was given up.
   *
   * @return what clients were told
   * @throws IllegalStateException when the node neither ended nor did it
   */
  abstract Written.Told work(Crowd crowd) throws IOException, InterruptedException;

  /** What an operator does for a node that was started again and may not serve by itself. */
  void help(Crowd crowd) {}

  static Optional<Scenario> named(String word) {
    return List.of(values()).stream().filter(one -> one.word.equals(word)).findFirst();
  }

  private static void require(boolean isSo, String otherwise) {
    if (!isSo) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static void admit(Crowd crowd) {
    List<LocalNode> others =
        crowd.nodes().stream().filter(node -> !node.equals(crowd.victim())).toList();
    try (TrivetClient client = Crowd.client(others)) {
      var _ = client.cluster().add(crowd.victim().name());
    } catch (TrivetException _) {
      // Whether it became a member is looked at.
    }
  }

  /** The index of the newest snapshot; 0 while there is none. */
  private static long newestSnapshot(LocalNode node) {
    try (var all = Files.walk(node.folder().resolve("raft"))) {
      return all.map(path -> SNAPSHOT_NAME.matcher(String.valueOf(path.getFileName())))
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max()
          .orElse(0);
    } catch (IOException | UncheckedIOException _) {
      // A folder is renamed just now.
      return 0;
    }
  }

  /** The files of complete extents. */
  private static List<Path> extents(LocalNode node) {
    try (var all = Files.walk(node.folder().resolve("extents"))) {
      return all.filter(path -> path.toString().endsWith(".extent"))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }
}
