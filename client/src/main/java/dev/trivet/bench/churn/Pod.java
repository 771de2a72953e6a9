package dev.trivet.bench.churn;

import com.google.protobuf.ByteString;

/** What its writer knows of one object. Owned by the wire's thread. */
final class Pod {
  private final ByteString key;
  private long modRevision;
  private boolean isUncertain;

  Pod(ByteString key) {
    this.key = key;
  }

  ByteString key() {
    return key;
  }

  /** 0 if it is not there. */
  long modRevision() {
    return modRevision;
  }

  /**
   * Whether a write's outcome was not learnt since the last that was: then the next transaction may
   * rightly find it changed. A write that comes late changes nothing, since its compare fails.
   */
  boolean isUncertain() {
    return isUncertain;
  }

  void is(long revision) {
    modRevision = revision;
    isUncertain = false;
  }

  void isNotKnown() {
    isUncertain = true;
  }
}
