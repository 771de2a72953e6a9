package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import java.util.Locale;

/** Numbers of bytes as people write them. */
public final class ByteSize {
  private static final String UNITS = "kmgtp";
  private static final int UNIT_SHIFT = 10;

  private ByteSize() {}

  /**
   * Reads a number of bytes.
   *
   * @param text digits, then nothing or one of k, m, g, t, p (powers of 1,024), in either case
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if it has another form, or is above
   *     2^63-1
   */
  public static long parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int unit = lower.isEmpty() ? -1 : UNITS.indexOf(lower.charAt(lower.length() - 1));
    String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
    if (!digits.matches("[0-9]{1,19}")) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + text + "' is no number of bytes: digits, then nothing or one of k, m, g, t, p");
    }
    try {
      return Math.multiplyExact(Long.parseLong(digits), 1L << (UNIT_SHIFT * (unit + 1)));
    } catch (ArithmeticException | NumberFormatException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + text + "' is above " + Long.MAX_VALUE + " bytes", e);
    }
  }
}
