package dev.trivet.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The table of mounts, over an opener whose time and mood the test chooses. */
final class LiveMountsTest {
  private static final Path ROOT = Path.of("/mounts");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(30);

  private final List<TestMount> opened = new CopyOnWriteArrayList<>();
  private final Semaphore mayOpen = new Semaphore(0);
  private final Semaphore mayClose = new Semaphore(0);
  private final LiveMounts mounts = new LiveMounts(this::open, ROOT, LONG);

  @Test
  void theLastUserEndsTheMount() {
    mayOpen.release();
    mayClose.release();
    mounts.mount("v", "one", in(LONG));
    mounts.mount("v", "two", in(LONG));

    mounts.unmount("v", "one", in(LONG));
    assertThat(mounts.directoryOf("v")).isEqualTo("/mounts/v");
    mounts.unmount("v", "one", in(LONG));
    assertThat(mounts.directoryOf("v")).isEqualTo("/mounts/v");
    mounts.unmount("v", "two", in(LONG));

    assertThat(opened).singleElement().matches(mount -> mount.isClosed);
    assertThat(mounts.stateOf("v")).isNull();
  }

  @Test
  void aLateMountIsFinishedAndFoundByTheNextCall() {
    assertThatThrownBy(() -> mounts.mount("v", "one", in(SHORT)))
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining("ask again");

    mayOpen.release();
    mounts.mount("v", "two", in(LONG));

    assertThat(opened).hasSize(1);
    assertThat(mounts.usersOf("v")).isEqualTo(1);
  }

  @Test
  void aMountThatNobodyClaimedIsEndedAgain() {
    LiveMounts impatient = new LiveMounts(this::open, ROOT, SHORT);
    assertThatThrownBy(() -> impatient.mount("v", "one", in(SHORT)))
        .isInstanceOf(TrivetException.class);

    mayOpen.release();
    mayClose.release();

    await().until(() -> !opened.isEmpty() && opened.getFirst().isClosed);
    await().until(() -> impatient.stateOf("v") == null);
  }

  @Test
  void aClaimedMountOutlivesTheGrace() {
    // Long enough for this thread to claim the first, however busy the machine.
    LiveMounts impatient = new LiveMounts(this::open, ROOT, Duration.ofSeconds(1));
    mayOpen.release();
    impatient.mount("v", "one", in(LONG));
    assertThatThrownBy(() -> impatient.mount("other", "nobody", in(SHORT)))
        .isInstanceOf(TrivetException.class);

    // Both have had the same grace once the second is gone.
    mayOpen.release();
    mayClose.release();
    await().until(() -> impatient.stateOf("other") == null);

    assertThat(impatient.stateOf("v")).isEqualTo("mounted");
  }

  @Test
  void aDeadMountIsMadeAnewAndItsUsersAreForgotten() {
    mayOpen.release(2);
    mayClose.release(2);
    mounts.mount("v", "old", in(LONG));
    opened.getFirst().isAlive = false;
    assertThat(mounts.stateOf("v")).contains("fenced");

    mounts.mount("v", "new", in(LONG));
    mounts.unmount("v", "old", in(LONG));

    assertThat(opened).extracting(mount -> mount.isClosed).containsExactly(true, false);
    assertThat(mounts.usersOf("v")).isEqualTo(1);
    assertThat(mounts.stateOf("v")).isEqualTo("mounted");
  }

  @Test
  void aMountWaitsForTheUnmountBeforeIt() {
    mayOpen.release(2);
    mounts.mount("v", "one", in(LONG));
    assertThatThrownBy(() -> mounts.unmount("v", "one", in(SHORT)))
        .hasMessageContaining("unmounting volume v");
    assertThatThrownBy(() -> mounts.mount("v", "two", in(SHORT)))
        .hasMessageContaining("unmounting the last mount");

    mayClose.release();
    mounts.mount("v", "three", in(LONG));

    assertThat(opened).extracting(mount -> mount.isClosed).containsExactly(true, false);
  }

  @Test
  void aMountThatFailedIsTriedAgainByTheNextCall() {
    LiveMounts failing =
        new LiveMounts(
            (volume, _) -> {
              mayOpen.acquireUninterruptibly();
              throw ErrorCode.VOLUME_IN_USE.exception(volume + " is elsewhere");
            },
            ROOT,
            LONG);
    mayOpen.release(2);

    assertThatThrownBy(() -> failing.mount("v", "one", in(LONG))).hasMessage("v is elsewhere");
    assertThatThrownBy(() -> failing.mount("v", "two", in(LONG))).hasMessage("v is elsewhere");

    assertThat(mayOpen.availablePermits()).isZero();
    assertThat(failing.stateOf("v")).isNull();
  }

  @Test
  void aVolumeWithUsersIsNotReleased() {
    mayOpen.release();
    mounts.mount("v", "one", in(LONG));

    assertThatThrownBy(() -> mounts.release("v", in(LONG))).hasMessageContaining("1 users");
  }

  private static CallDeadline in(Duration limit) {
    return new CallDeadline(limit);
  }

  private OpenMount open(String volume, Path directory) {
    mayOpen.acquireUninterruptibly();
    TestMount mount = new TestMount();
    opened.add(mount);
    return mount;
  }

  private final class TestMount implements OpenMount {
    volatile boolean isAlive = true;
    volatile boolean isClosed;

    @Override
    public boolean isAlive() {
      return isAlive;
    }

    @Override
    public void close() {
      mayClose.acquireUninterruptibly();
      isClosed = true;
    }
  }
}
