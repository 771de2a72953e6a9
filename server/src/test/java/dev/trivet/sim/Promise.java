package dev.trivet.sim;

/** What must hold after every event. The text is what a transcript says when one is broken. */
enum Promise {
  COMMITTED_PREFIX("two nodes never apply different entries at one index"),
  APPLIED_IS_COMMITTED("purged <= applied <= committed <= last"),
  SAME_STATE("nodes that applied the same index have the same state"),
  ACKNOWLEDGED_IS_DURABLE("what was acknowledged is in the synced logs of a majority"),
  FRESH_READ("a linearizable read is never older than what was acknowledged before it began"),
  REVISIONS_IN_ORDER("what begins after an acknowledgement has a later revision"),
  ANSWER_IS_TRUE("who was answered was told what happened"),
  APPLIED_ONCE("a numbered write is applied at most once"),
  WATCH_WHOLE("a watch sees every event, once, in order, but for those it is told are compacted"),
  HISTORY_IS_KEPT("old revisions can be read until they are compacted, and not afterwards"),
  LEASE_LASTS("no lease ends before the time that a grant or a renewal promised"),
  LEASE_ENDS("a lease that nobody renews ends"),
  EXTENTS_DURABLE("the extents of an acknowledged manifest are synced on a majority"),
  FENCED("later holders have higher tokens, and a lost lock guards nothing"),
  NODE_GOES_ON("nothing that the simulation does makes a node stop itself"),
  RECOVERS("when all nodes are back, all of them have all that was acknowledged");

  private final String text;

  Promise(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
