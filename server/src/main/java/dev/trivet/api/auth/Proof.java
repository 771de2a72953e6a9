package dev.trivet.api.auth;

/** By what a caller shows who it is. */
sealed interface Proof {
  /** By nothing. */
  record None() implements Proof {}

  /** By what stands for a password that was found right. Never empty. */
  record Token(String text) implements Proof {}

  /**
   * By a certificate that the port has verified. It stands for its user for as long as it is valid,
   * whatever happens to users and roles meanwhile: what the user may do is judged as ever.
   */
  record Certificate(String user) implements Proof {}

  Proof NONE = new None();
}
