package dev.trivet.chaos.check;

/** What a checker came to. Only {@link #KEPT} is good. */
public enum Outcome {
  /** Nothing contradicts the promise. */
  KEPT,
  /** Something does. */
  BROKEN,
  /** The checker ran out of its budget: the run proves nothing, and so fails. */
  UNDECIDED
}
