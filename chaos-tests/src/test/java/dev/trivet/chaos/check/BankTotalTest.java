package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.bank.BankAnswer.Balances;
import dev.trivet.chaos.history.bank.BankCall.ReadAll;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BankTotalTest {
  @Test
  void aReadThatFindsTheTotalIsKept() {
    assertThat(check(Map.of("a", 70L, "b", 30L)).isKept()).isTrue();
  }

  @Test
  void aReadThatFindsAnotherSumIsBroken() {
    assertThat(check(Map.of("a", 70L, "b", 40L)).findings())
        .extracting(Finding::promise)
        .containsExactly("a transaction is seen whole or not at all");
  }

  @Test
  void aDebtIsBrokenEvenIfTheSumIsRight() {
    assertThat(check(Map.of("a", 110L, "b", -10L)).findings())
        .extracting(Finding::promise)
        .containsExactly("a transaction that is not allowed changes nothing");
  }

  private static Judgement check(Map<String, Long> balances) {
    return BankTotal.check(List.of(answered(1, 0, 10, new ReadAll(), new Balances(balances))), 100);
  }
}
