package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.failing.EachFailure;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that Ratis wrote, as a crash or a bad disk leaves it. */
final class TornTailTest {
  private static final int SECTOR = 512;
  private static final int HEADER = 8;
  private static final int MAX_LENGTH = 3;
  private static final int PADDING = 64 << 10;
  private static final long NOTHING_APPLIED = -1;

  @TempDir Path folder;
  private Path data;
  private Path segment;

  /** As Ratis leaves it when it stops: entries from the first to the last byte. */
  private byte[] whole;

  /** Where each entry begins, and where the last one ends. */
  private List<Integer> bounds;

  @BeforeEach
  void write() throws Exception {
    Random random = new Random(7);
    try (Cluster cluster = Cluster.of(1, folder, Cluster.PACE)) {
      Node node = cluster.leader();
      for (int i = 0; i < 12; i++) {
        var _ = Cluster.get(node.replica.propose(command(i, random.nextInt(12_000))));
      }
      data = cluster.folderOf(node.self);
    }
    segment = openSegment(data);
    whole = Files.readAllBytes(segment);
    bounds = bounds(whole);
  }

  @Test
  void anEntryOfWhichTheLastSectorsWereNeverWrittenIsCutOff() throws IOException {
    int last = bounds.getLast();
    int torn = bounds.get(bounds.size() - 2);
    for (int at = nextSector(torn); at < last; at = nextSector(at)) {
      mustCutAt(torn, at, last);
    }
  }

  @Test
  void anEntryWithAnySectorThatWasNotWrittenIsCutOffWithAllThatFollow() throws IOException {
    for (int entry = 1; entry < bounds.size() - 1; entry++) {
      int start = bounds.get(entry);
      int end = bounds.get(entry + 1);
      for (int from = start; from < end; from = nextSector(from)) {
        mustCutAt(start, from, Math.min(end, nextSector(from)));
      }
    }
  }

  @Test
  void aNodeWithATornEntryStartsAndGoesOn() throws Exception {
    try (Cluster cluster = Cluster.of(1, folder.resolve("again"), Cluster.PACE)) {
      Node node = cluster.leader();
      Committed kept = Cluster.get(node.replica.propose(command(1, 10)));
      cluster.stop(node);
      Path file = openSegment(cluster.folderOf(node.self));
      byte[] before = Files.readAllBytes(file);
      // Of an entry of 3,000 bytes the first page has reached the file.
      byte[] crashed = padded(before);
      crashed[before.length] = (byte) 0xb8;
      crashed[before.length + 1] = 0x17;
      Arrays.fill(crashed, before.length + 2, nextSector(before.length + 2), (byte) 1);
      Files.write(file, crashed);

      Node again = cluster.start(node.self);

      Committed next = Cluster.get(cluster.leader().replica.propose(command(2, 10)));
      assertThat(next.index()).isGreaterThan(kept.index());
      assertThat(again.fatal).isEmpty();
    }
  }

  @Test
  void aLogThatIsWholeIsLeftAlone() throws IOException {
    for (byte[] log : List.of(whole, padded(whole))) {
      Files.write(segment, log);

      TornTail.cut(data, bounds.size());

      assertThat(Files.readAllBytes(segment)).isEqualTo(log);
    }
  }

  @Test
  void whatAKilledProcessLeftInMemoryIsOnDiskBeforeRatisReadsIt() throws IOException {
    Set<String> failed = new HashSet<>();

    int runs =
        new EachFailure(Files.createDirectory(folder.resolve("each")))
            .of(
                (real, failing, failure) -> {
                  Path current = Files.createDirectories(real.resolve("raft/group/current"));
                  Files.write(current.resolve("log_inprogress_0"), whole);
                  boolean isDone = true;
                  try {
                    TornTail.cut(failing, NOTHING_APPLIED);
                  } catch (IOException _) {
                    isDone = false;
                  }
                  assertThat(isDone).isEqualTo(!failure.isReached());
                  if (failure.isReached()) {
                    failed.add(failure.toString());
                  }
                });

    assertThat(runs).isPositive();
    assertThat(failed).as("the segment, and its folder").contains("FORCE 1 ONCE", "FORCE 2 ONCE");
  }

  @Test
  void aWrongByteBehindTheLengthIsNotTakenForATornEntry() throws IOException {
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = padded(whole);
      int entry = random.nextInt(bounds.size() - 1);
      int content = bounds.get(entry) + MAX_LENGTH;
      int at = content + random.nextInt(bounds.get(entry + 1) - content);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(segment, damaged);

      assertThatThrownBy(() -> TornTail.cut(data, NOTHING_APPLIED))
          .as("a bit at %d", at)
          .isInstanceOfSatisfying(
              TrivetException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.DATA_CORRUPT))
          .hasMessageContaining("trivet cluster add");
      assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
    }
  }

  @Test
  void anEntryThatWasAppliedIsNeverCutOff() throws IOException {
    int torn = bounds.size() - 2;
    byte[] crashed = padded(whole);
    Arrays.fill(crashed, nextSector(bounds.get(torn)), bounds.getLast(), (byte) 0);
    Files.write(segment, crashed);

    assertThatThrownBy(() -> TornTail.cut(data, torn)).isInstanceOf(TrivetException.class);
    assertThat(Files.readAllBytes(segment)).isEqualTo(crashed);

    TornTail.cut(data, torn - 1);
    assertThat(Files.size(segment)).isEqualTo((int) bounds.get(torn));
  }

  /** Some bytes were not written: what begins at the entry's start must go, and nothing else. */
  private void mustCutAt(int start, int from, int to) throws IOException {
    byte[] crashed = padded(whole);
    Arrays.fill(crashed, from, to, (byte) 0);
    Files.write(segment, crashed);

    TornTail.cut(data, NOTHING_APPLIED);

    assertThat(Files.readAllBytes(segment))
        .as("bytes %d to %d of the entry at %d", from, to, start)
        .isEqualTo(Arrays.copyOf(whole, start));
  }

  private static Path openSegment(Path data) throws IOException {
    try (var files = Files.list(RaftFiles.logs(data).getFirst())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Command command(int number, int length) {
    return Command.newBuilder()
        .setCreateVolume(CreateVolume.newBuilder().setName("v" + number + "x".repeat(length)))
        .build();
  }

  private static byte[] padded(byte[] log) {
    return Arrays.copyOf(log, log.length + PADDING);
  }

  private static int nextSector(int position) {
    return (position / SECTOR + 1) * SECTOR;
  }

  /** An entry is a varint length, so many bytes, and four of checksum. */
  private static List<Integer> bounds(byte[] log) {
    List<Integer> bounds = new ArrayList<>(List.of(HEADER));
    int at = HEADER;
    while (at < log.length) {
      int length = 0;
      int shift = 0;
      int next;
      do {
        next = log[at++];
        length |= (next & 0x7f) << shift;
        shift += 7;
      } while ((next & 0x80) != 0);
      at += length + 4;
      bounds.add(at);
    }
    assertThat(at).isEqualTo(log.length);
    return bounds;
  }
}
