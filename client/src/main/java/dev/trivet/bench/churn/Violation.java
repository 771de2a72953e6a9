package dev.trivet.bench.churn;

/**
 * Something that must not be.
 *
 * @param kind which promise was broken
 * @param what happened, for people
 */
record Violation(Kind kind, String what) {
  enum Kind {
    /** A watcher was not told of a write, or not before what it was told next. */
    MISSED,
    /** A watcher was told of a write twice, or after a later one. */
    REPEATED,
    /** An event's previous value is not the one that the watcher was told of before. */
    WRONG_PREVIOUS,
    /** A progress notification names a revision before one that was told already. */
    PROGRESS_BACK,
    /** A transaction found another mod revision than the key's only writer had left there. */
    CONFLICT,
    /** A list's pages overlap, are out of order, or are not of one revision. */
    TORN_LIST
  }

  String text() {
    return kind + ": " + what;
  }
}
