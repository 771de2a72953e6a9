package dev.trivet.doctor;

/**
 * What one check found.
 *
 * @param subject what was looked at
 * @param found the value seen and the value allowed
 * @param next what to do; empty when all is well
 */
public record Check(Grade grade, String subject, String found, String next) {
  /** Works, works badly, does not work. */
  public enum Grade {
    OK,
    WARN,
    FAIL
  }

  static Check ok(String subject, String found) {
    return new Check(Grade.OK, subject, found, "");
  }

  static Check warn(String subject, String found, String next) {
    return new Check(Grade.WARN, subject, found, next);
  }

  static Check fail(String subject, String found, String next) {
    return new Check(Grade.FAIL, subject, found, next);
  }
}
