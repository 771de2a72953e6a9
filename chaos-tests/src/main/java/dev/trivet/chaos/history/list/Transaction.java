package dev.trivet.chaos.history.list;

import java.util.List;

/**
 * What is asked: all steps at once, each seeing those before it, or none.
 *
 * @param steps one or more
 */
public record Transaction(List<Step> steps) {
  /** Copies the steps. */
  public Transaction {
    steps = List.copyOf(steps);
  }
}
