package dev.trivet.sim;

/**
 * One thing that a run does to the cluster: a fault with its end, or what a client begins.
 *
 * @param atMillis when, by the simulation's time
 * @param node at which node, 0 to 2
 * @param number which key, lease or other node, by the kind
 * @param forMillis how long a fault lasts
 */
record Action(long atMillis, Kind kind, int node, int number, long forMillis) {
  enum Kind {
    PUT,
    COMPARE_AND_SET,
    READ,
    NUMBERED_PUT,
    GRANT,
    KEEP_ALIVE,
    LOCK,
    UPLOAD,
    COMPACT,
    /** A read of a key as it was some revisions ago. */
    READ_OLD,
    MOVE_WATCH,
    /** The process dies; unsynced bytes are lost; it is started again after the time. */
    CRASH,
    /** The process stands still; its clocks do not. */
    PAUSE,
    /** Nothing goes between a node and the two others. */
    ISOLATE,
    /** Nothing goes from a node to one other. */
    CUT_ONE_WAY,
    /** A third of what a node sends is lost. */
    LOSE,
    /** What a node sends takes up to half a second. */
    SLOW,
    /** A disk that takes up to half a second for a sync. */
    SLOW_DISK,
    /** The wall clock is set, by up to 20 minutes. */
    SET_CLOCK,
    /** A node campaigns though it hears its leader. */
    CAMPAIGN,
    /** The store's rows are brought to disk, as RocksDB does when it likes. */
    FLUSH,
    /** A snapshot is taken and the log purged up to it. */
    SNAPSHOT
  }

  String text() {
    return "%s node %d number %d for %d ms".formatted(kind, node, number, forMillis);
  }
}
