package dev.trivet.mount;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ChangesTest {
  @Test
  void aChangeAfterTheQuestionIsSeenAndOneBeforeIsNot() {
    Changes changes = new Changes();
    changes.changed(7);
    long then = changes.now();

    changes.changed(8);

    assertThat(changes.changedSince(then, 7)).isFalse();
    assertThat(changes.changedSince(then, 8)).isTrue();
    assertThat(changes.changedSince(changes.now(), 8)).isFalse();
  }

  @Test
  void inodesThatShareAMarkAreNeverMissed() {
    Changes changes = new Changes();
    long then = changes.now();

    changes.changed(1);
    changes.changed(1 + (1L << 40));

    assertThat(changes.changedSince(then, 1)).isTrue();
  }
}
