package dev.trivet.chaos.history.watch;

/**
 * One event, as a watch delivered it.
 *
 * @param revision at which it happened
 * @param change what happened
 * @param previous what the key was before
 */
public record Seen(long revision, Change change, Previous previous) {
  /** What the key was before an event. */
  public sealed interface Previous {
    /** The watch did not ask. */
    record NotAsked() implements Previous {}

    /** It was not there, so says the watch. */
    record WasAbsent() implements Previous {}

    /** It had this value, so says the watch. */
    record Had(String value) implements Previous {}
  }
}
