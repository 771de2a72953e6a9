package dev.trivet.chaos.fault;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What shows that a fault was there.
 *
 * @param hasBitten whether it had any effect
 * @param what was seen, for the report
 */
public record Evidence(boolean hasBitten, String what) {
  /** Nothing was seen, or nobody looked. */
  public static final Evidence NONE = new Evidence(false, "");

  /** Of one fault, looked at twice: either look is enough. */
  public Evidence and(Evidence other) {
    String both =
        what.isEmpty() || other.what.isEmpty() ? what + other.what : what + "; " + other.what;
    return new Evidence(hasBitten || other.hasBitten, both);
  }

  /** What was seen of faults in force together: all of them have bitten, or it is not enough. */
  public static Evidence ofAll(List<Evidence> faults) {
    return new Evidence(
        !faults.isEmpty() && faults.stream().allMatch(Evidence::hasBitten),
        faults.stream().map(Evidence::what).collect(Collectors.joining(" | ")));
  }
}
