package dev.trivet.api.auth;

import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.store.Rows;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a password that was found right. For any thread; nothing here blocks but where it
 * says so.
 */
interface Tokens {
  /**
   * A new token. May wait.
   *
   * @throws dev.trivet.errors.TrivetException AUTH_FAILED when the password was changed meanwhile;
   *     AUTH_NOT_ENABLED, TOO_MANY_REQUESTS, AUTH_VERIFY_ONLY
   */
  AuthResult give(RightPassword password);

  /**
   * Whom a token stands for, or null when it is not valid.
   *
   * @param rows of this node
   * @param rules read after the rows were opened
   * @throws dev.trivet.errors.TrivetException AUTH_REVISION_OLD
   */
  @Nullable Asker asker(String token, Rows rows, AccessRules rules);

  /** Whether the token may be valid all the same, because this node is behind. */
  boolean isAhead(String token, Rows rows);
}
