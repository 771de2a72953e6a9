package dev.trivet.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.chaos.fault.Schedule.Order;
import dev.trivet.chaos.fault.Schedule.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static List<Step> steps(List<FaultKind> kinds, Order order, long seed, int count) {
    return Stream.generate(new Schedule(kinds, order, false, seed)::next).limit(count).toList();
  }

  private static List<List<String>> names(List<Step> steps) {
    return steps.stream().map(step -> step.kinds().stream().map(FaultKind::name).toList()).toList();
  }

  @Test
  void theSameSeedGivesTheSameSteps() {
    List<Step> first = steps(Faults.usual(), Order.RANDOM, 7, 200);
    List<Step> second = steps(Faults.usual(), Order.RANDOM, 7, 200);

    assertThat(names(second)).isEqualTo(names(first));
    assertThat(second.stream().map(Step::seed)).isEqualTo(first.stream().map(Step::seed).toList());
    assertThat(second.stream().map(Step::quiet))
        .isEqualTo(first.stream().map(Step::quiet).toList());
  }

  @Test
  void anotherSeedGivesOthers() {
    assertThat(names(steps(Faults.usual(), Order.RANDOM, 7, 50)))
        .isNotEqualTo(names(steps(Faults.usual(), Order.RANDOM, 8, 50)));
  }

  @Test
  void allKindsComeOnceBeforeAnyComesAgain() {
    int count = Faults.usual().size();

    List<List<String>> names = names(steps(Faults.usual(), Order.SHUFFLED, 3, count));

    assertThat(names).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void namedKindsComeInTheirOrder() {
    List<FaultKind> two = Faults.named(List.of("pause-all", "kill-leader"));

    assertThat(names(steps(two, Order.AS_NAMED, 1, 3)))
        .containsExactly(List.of("pause-all"), List.of("kill-leader"), List.of("pause-all"));
  }

  @Test
  void randomOnesAreSometimesTwoAtOnce() {
    assertThat(steps(Faults.usual(), Order.RANDOM, 1, 100))
        .anySatisfy(step -> assertThat(step.kinds()).hasSize(2));
  }

  @Test
  void pairsAreOneOfTheNetworkAndOneOfNodesAndNoKindIsLeftOut() {
    Schedule schedule = new Schedule(Faults.usual(), Order.SHUFFLED, true, 5);
    List<FaultKind> seen = new ArrayList<>();
    int pairs = 0;

    while (seen.size() < Faults.usual().size()) {
      List<FaultKind> kinds = schedule.next().kinds();
      seen.addAll(kinds);
      if (kinds.size() == 2) {
        pairs++;
        // The network is whole again before nodes have to come back.
        assertThat(Faults.isBetween(kinds.getLast())).isTrue();
        assertThat(Faults.isBetween(kinds.getFirst())).isFalse();
        assertThat(MemberFaults.kinds().stream().map(FaultKind::name))
            .doesNotContain(kinds.getFirst().name());
        // Where no node goes on, the network has nothing to lose.
        assertThat(kinds.getFirst().name()).isNotIn("kill-all", "power-all", "pause-all");
      }
    }

    assertThat(seen.stream().map(FaultKind::name))
        .containsExactlyInAnyOrderElementsOf(Faults.usual().stream().map(FaultKind::name).toList());
    assertThat(pairs).isEqualTo((int) Faults.usual().stream().filter(Faults::isBetween).count());
  }

  @Test
  void twoAtOnceAreSeenOnlyWhenBothHaveBitten() {
    Evidence bitten = new Evidence(true, "process gone");
    Evidence nothing = new Evidence(false, "0 packets stopped");

    assertThat(Evidence.ofAll(List.of(bitten, bitten)).hasBitten()).isTrue();
    assertThat(Evidence.ofAll(List.of(bitten, nothing)).hasBitten()).isFalse();
    assertThat(Evidence.ofAll(List.of()).hasBitten()).isFalse();
  }

  @Test
  void noNameIsGivenTwice() {
    List<String> names = Faults.all().stream().map(FaultKind::name).toList();

    assertThat(new HashSet<>(names)).hasSameSizeAs(names);
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> Faults.named(List.of("nonsense")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonsense")
        .hasMessageContaining("kill-leader");
  }
}
