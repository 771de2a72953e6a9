package dev.trivet.client;

import dev.trivet.errors.ErrorCode;

/**
 * As whom a client speaks.
 *
 * @param user empty: as nobody in particular, as long as the cluster lets strangers in
 */
record Login(String user, String password) {
  static final Login NOBODY = new Login("", "");

  /**
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT if the name is empty
   */
  static Login of(String user, String password) {
    if (user.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the user's name is empty");
    }
    return new Login(user, password);
  }

  boolean isSomebody() {
    return !user.isEmpty();
  }

  /** Not the password: this may be in a log. */
  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
