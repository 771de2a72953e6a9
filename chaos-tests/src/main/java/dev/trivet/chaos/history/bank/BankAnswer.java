package dev.trivet.chaos.history.bank;

import java.util.Map;

/** What the bank answers. */
public sealed interface BankAnswer {
  /** The money was moved. */
  record Transferred() implements BankAnswer {}

  /** All accounts at one time. */
  record Balances(Map<String, Long> balances) implements BankAnswer {
    /** Copies the balances. */
    public Balances {
      balances = Map.copyOf(balances);
    }
  }
}
