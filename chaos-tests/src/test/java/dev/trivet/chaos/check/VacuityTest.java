package dev.trivet.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class VacuityTest {
  private static final Vacuity.Effort ENOUGH =
      new Vacuity.Effort("keys", 1_000, 10, 20, 1_000, 0.9);
  private static final Vacuity.Bite BITES = new Vacuity.Bite("kill", List.of("n1 was gone"));

  @Test
  void aRunThatDidEnoughUnderAFaultThatBitIsKept() {
    assertThat(Vacuity.check(List.of(ENOUGH), List.of(BITES)).isKept()).isTrue();
  }

  @Test
  void aRunWithoutAWorkloadFails() {
    assertThat(Vacuity.check(List.of(), List.of(BITES)).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void aWorkloadThatGotTooFewAnswersFails() {
    Vacuity.Effort few = new Vacuity.Effort("keys", 999, 0, 0, 1_000, 0.9);

    assertThat(Vacuity.check(List.of(few), List.of()).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void aWorkloadThatWasMostlyNotAnsweredFails() {
    Vacuity.Effort refused = new Vacuity.Effort("keys", 2_000, 8_000, 0, 1_000, 0.9);

    assertThat(Vacuity.check(List.of(refused), List.of()).outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void aFaultOfWhichNothingWasSeenFails() {
    for (List<String> nothing : List.of(List.<String>of(), List.of(" "))) {
      Vacuity.Bite toothless = new Vacuity.Bite("partition", nothing);

      assertThat(Vacuity.check(List.of(ENOUGH), List.of(BITES, toothless)).findings())
          .extracting(Finding::what)
          .containsExactly("partition: nothing was seen of it");
    }
  }
}
