package dev.trivet.chaos.fault;

/**
 * What shows that a fault was there.
 *
 * @param hasBitten whether it had any effect
 * @param what was seen, for the report
 */
public record Evidence(boolean hasBitten, String what) {
  /** Nothing was seen, or nobody looked. */
  public static final Evidence NONE = new Evidence(false, "");

  /** Both, one after the other. */
  public Evidence and(Evidence other) {
    String both =
        what.isEmpty() || other.what.isEmpty() ? what + other.what : what + "; " + other.what;
    return new Evidence(hasBitten || other.hasBitten, both);
  }
}
