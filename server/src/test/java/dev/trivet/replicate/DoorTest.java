package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.peer.Member;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DoorTest {
  private final AtomicLong now = new AtomicLong();
  private final Door door = new Door(now::get);

  @Test
  void whoDoesNotComeAgainWaitsNoLonger() {
    door.introduced(member("a", 1));
    passes(Duration.ofSeconds(20));
    door.introduced(member("b", 2));
    passes(Duration.ofSeconds(11));

    assertThat(door.visitors()).extracting(Member::name).containsExactly("b");
    assertThat(door.visitor("a")).isNull();
  }

  @Test
  void theLatestIncarnationOfANameWaits() {
    door.introduced(member("a", 1));
    door.introduced(member("a", 2));

    assertThat(door.visitors()).containsExactly(member("a", 2));
  }

  @Test
  void aFullDoorRefusesNewNamesAndKnowsTheOldOnes() {
    for (int i = 0; i < 64; i++) {
      door.introduced(member("n" + i, i + 1));
    }
    door.introduced(member("n7", 8));

    assertThatThrownBy(() -> door.introduced(member("late", 99)))
        .isInstanceOfSatisfying(
            TrivetException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));
  }

  private void passes(Duration time) {
    var _ = now.addAndGet(time.toNanos());
  }

  private static Member member(String name, int incarnation) {
    return new Member(
        name, "%016x".formatted(incarnation), "h:1", "h:2", "h:3", Member.Role.LEARNER);
  }
}
