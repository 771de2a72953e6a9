package dev.trivet.api.auth;

import dev.trivet.api.QuietLog;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.store.Rows;
import dev.trivet.store.Store;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Callers of tests that begin behind the guard: known by the names of their certificates. */
public final class CertifiedCaller {
  private CertifiedCaller() {}

  /**
   * Somebody whose certificate was verified.
   *
   * @param user nobody when empty
   */
  public static Caller of(Supplier<AccessRules> rules, Store store, String user) {
    Guard guard = new Guard(rules, store, new QuietLog(), new NoTokens());
    return new Caller(guard, user.isEmpty() ? Proof.NONE : new Proof.Certificate(user));
  }

  private static final class NoTokens implements Tokens {
    @Override
    public AuthResult give(RightPassword password) {
      throw ErrorCode.AUTH_NOT_ENABLED.exception();
    }

    @Override
    public @Nullable Asker asker(String token, Rows rows, AccessRules rules) {
      return null;
    }

    @Override
    public boolean isAhead(String token, Rows rows) {
      return false;
    }
  }
}
