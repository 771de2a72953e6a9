package dev.trivet.chaos.history.bank;

/** What is asked of accounts that lend nothing. */
public sealed interface BankCall {
  /** Refused if there is not enough; answered with {@link BankAnswer.Transferred}. */
  record Transfer(String from, String to, long amount) implements BankCall {}

  /** Answered with {@link BankAnswer.Balances}. */
  record ReadAll() implements BankCall {}
}
