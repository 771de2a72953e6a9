package dev.trivet.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.chaos.fault.Schedule.Order;
import dev.trivet.chaos.fault.Schedule.Step;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static List<Step> steps(List<FaultKind> kinds, Order order, long seed, int count) {
    return Stream.generate(new Schedule(kinds, order, seed)::next).limit(count).toList();
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
