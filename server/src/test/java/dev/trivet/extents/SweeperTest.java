package dev.trivet.extents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.peer.Member;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.state.StateMachine;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SweeperTest {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final Member SELF =
      new Member("n0", "0000000000000001", "h:1", "h:2", "h:3", Member.Role.VOTER);
  private static final byte[] PAYLOAD = {1, 2, 3};

  @TempDir Path folder;
  private final Random random = new Random(5);

  /** Log time of the beginning; files get this machine's time. */
  private final long began = System.currentTimeMillis();

  private Instant clock = Instant.ofEpochMilli(began);
  private Store store;
  private LocalExtents local;
  private HandStampedLog log;
  private Sweeper sweeper;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    local = LocalExtents.open(folder.resolve("extents"));
    log = new HandStampedLog(new StateMachine(store, local), SELF);
    sweeper = new Sweeper(local, store, log, () -> clock);
    propose(began, Commands.createBucket());
  }

  @AfterEach
  void close() {
    sweeper.close();
    store.close();
  }

  @Test
  void anOldFileThatNothingRefersToIsUnlinkedAndAReferencedOneStays() throws Exception {
    ExtentId orphan = staged(began);
    ExtentId referenced = staged(began);
    propose(began, Commands.commit(extent(referenced), began));
    passTime(61 * MINUTE);

    sweeper.sweepOrphans();

    assertThat(local.isHere(orphan)).isFalse();
    assertThat(local.isHere(referenced)).isTrue();
    assertThat(sweeper.unlinkedCount()).isEqualTo(1);
  }

  @Test
  void aYoungFileStaysWhicheverClockSaysSo() throws Exception {
    ExtentId young = staged(began);
    ExtentId youngInLog = staged(began + 30 * MINUTE);

    passTime(59 * MINUTE);
    sweeper.sweepOrphans();
    assertThat(local.isHere(young)).as("59 minutes by both").isTrue();

    clock = clock.plus(Duration.ofDays(30));
    sweeper.sweepOrphans();
    assertThat(local.isHere(young)).as("59 minutes by the log").isTrue();

    clock = Instant.ofEpochMilli(began);
    propose(began + 75 * MINUTE, Commands.delete(young));
    sweeper.sweepOrphans();
    assertThat(local.isHere(young)).as("just written by this machine's clock").isTrue();

    passTime(75 * MINUTE);
    sweeper.sweepOrphans();
    assertThat(local.isHere(young)).isFalse();
    assertThat(local.isHere(youngInLog)).as("45 minutes by the log").isTrue();
  }

  @Test
  void aNodeThatIsBehindTheLogUnlinksNothingThatTheLogNames() throws Exception {
    ExtentId id = staged(began);
    log.setTime(began + 10 * MINUTE);
    // The name is committed, but this node does not know it yet; its own state has gone on to a
    // time at which no command may name the file any more.
    log.setTime(began + 61 * MINUTE);
    propose(began + 61 * MINUTE, Commands.delete(id));
    log.commitUnapplied(Commands.commit(extent(id), began + 61 * MINUTE));
    clock = Instant.ofEpochMilli(began + 61 * MINUTE);

    sweeper.sweepOrphans();

    assertThat(local.isHere(id)).isTrue();
  }

  @Test
  void garbageIsUnlinkedTenMinutesOfLogTimeAfterTheLastReferenceWent() {
    ExtentId id = staged(began);
    ExtentId kept = staged(began);
    propose(began, Commands.commit(extent(id), began));
    propose(began, Commands.commit(extent(kept), began));
    propose(began + MINUTE, Commands.delete(id));

    propose(began + 11 * MINUTE, Commands.delete(staged(began)));
    sweeper.sweepGarbage();
    assertThat(local.isHere(id)).isTrue();

    propose(began + 11 * MINUTE + 1, Commands.delete(staged(began)));
    sweeper.sweepGarbage();
    assertThat(local.isHere(id)).isFalse();
    assertThat(local.isHere(kept)).isTrue();
  }

  private ExtentId staged(long beganMillis) {
    ExtentId id = Bytes.id(random);
    Bytes.store(local, id, PAYLOAD, beganMillis);
    return id;
  }

  private static Extent extent(ExtentId id) {
    return Extent.newBuilder()
        .setId(id.toByteString())
        .setSizeBytes(PAYLOAD.length)
        .setCrc64(Bytes.crc64(PAYLOAD))
        .build();
  }

  /** Both clocks reach a time so long after the beginning. */
  private void passTime(long millis) {
    clock = Instant.ofEpochMilli(began + millis + 1000);
    propose(began + millis, Commands.delete(new ExtentId(0, 0)));
  }

  private Outcome propose(long timeMillis, Command command) {
    log.setTime(timeMillis);
    return log.propose(command).join().outcome();
  }
}
