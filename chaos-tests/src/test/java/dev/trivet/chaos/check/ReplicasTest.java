package dev.trivet.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplicasTest {
  private static final Replicas.Digest FIRST = new Replicas.Digest("n1", 70, 10, 0xabc);

  @Test
  void equalHashesAreKept() {
    Judgement judgement =
        Replicas.check(List.of(FIRST, new Replicas.Digest("n2", 70, 10, 0xabc)), List.of());

    assertThat(judgement.isKept()).as("%s", judgement).isTrue();
  }

  @Test
  void anotherHashIsBroken() {
    Judgement judgement =
        Replicas.check(List.of(FIRST, new Replicas.Digest("n2", 70, 10, 0xabd)), List.of());

    assertThat(judgement.findings())
        .singleElement()
        .extracting(Finding::promise)
        .isEqualTo("all nodes hold the same state");
  }

  @Test
  void whatCannotBeComparedIsNotHeldAgainstAnybody() {
    Judgement judgement =
        Replicas.check(List.of(FIRST, new Replicas.Digest("n2", 70, 20, 0xabd)), List.of());

    assertThat(judgement.isKept()).as("%s", judgement).isTrue();
    assertThat(judgement.note()).isEqualTo("2 nodes, 0 compared");
  }

  @Test
  void aNodeThatFoundADifferenceItselfIsBelieved() {
    Judgement judgement =
        Replicas.check(List.of(FIRST), List.of(new Replicas.Complaint("n3", "mine differs")));

    assertThat(judgement.findings()).singleElement().asString().contains("n3 says: mine differs");
  }
}
