package dev.trivet.chaos.check;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.bank.BankAnswer;
import dev.trivet.chaos.history.bank.BankCall;
import java.util.List;
import java.util.Map;

/** Whether each read of all accounts finds the same sum, and no debt. */
public final class BankTotal {
  private static final String SUM = "a transaction is seen whole or not at all";
  private static final String DEBT = "a transaction that is not allowed changes nothing";

  private BankTotal() {}

  /**
   * Judges all reads of a history.
   *
   * @param total of all accounts, from the beginning
   */
  public static Judgement check(List<Operation<BankCall, BankAnswer>> operations, long total) {
    Findings findings = new Findings("bank");
    int reads = 0;
    for (Operation<BankCall, BankAnswer> operation : operations) {
      if (operation.result() instanceof Result.Answered<BankAnswer>(BankAnswer answer)
          && answer instanceof BankAnswer.Balances(Map<String, Long> balances)) {
        reads++;
        long sum = balances.values().stream().mapToLong(Long::longValue).sum();
        if (sum != total) {
          findings.add(
              SUM, "the accounts have %d together, not %d".formatted(sum, total), operation);
        }
        balances.forEach(
            (account, balance) -> {
              if (balance < 0) {
                findings.add(DEBT, account + " has " + balance, operation);
              }
            });
      }
    }
    return findings.judgement(reads + " reads");
  }
}
