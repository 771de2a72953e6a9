package dev.trivet.api.auth;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.auth.AuthQueries;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Passwords in, tokens out, and the {@link Guard} that knows the tokens.
 *
 * <p>Owns the threads on which passwords are hashed.
 */
public final class Authentication implements AutoCloseable {
  private final CommandLog log;
  private final Store store;
  private final Passwords passwords = new Passwords();
  private final Tokens tokens;
  private final Guard guard;

  /**
   * @param kind which tokens are given and taken
   * @param rules as {@link dev.trivet.state.StateMachine#access} has them
   * @param log what it proposes carries nobody's name
   */
  public Authentication(
      TokenKind kind,
      Supplier<AccessRules> rules,
      CommandLog log,
      Store store,
      InstantSource clock) {
    this.log = log;
    this.store = store;
    this.tokens =
        switch (kind) {
          case TokenKind.Simple() -> new SimpleTokens(log, clock, new SecureRandom());
          case TokenKind.Jwt(JwtKey key, Duration timeToLive) ->
              new JwtTokens(key, timeToLive, clock);
        };
    this.guard = new Guard(rules, store, log, tokens);
  }

  public Guard guard() {
    return guard;
  }

  public Passwords passwords() {
    return passwords;
  }

  /**
   * A token for a user who gives the right password. May wait.
   *
   * @throws dev.trivet.errors.TrivetException AUTH_NOT_ENABLED, AUTH_FAILED, TOO_MANY_REQUESTS,
   *     AUTH_VERIFY_ONLY
   */
  public AuthResult authenticate(String user, String password) {
    var _ = Calls.await(log.readBarrier());
    HashedPassword kept;
    long authRevision;
    long revision;
    try (ReadView view = store.view()) {
      if (Counter.AUTH_ENABLED.in(view) == 0) {
        throw ErrorCode.AUTH_NOT_ENABLED.exception();
      }
      kept = AuthQueries.passwordOf(view, user);
      authRevision = Counter.AUTH_REVISION.in(view);
      revision = Counter.REVISION.in(view);
    }
    if (!Calls.await(passwords.isRight(password, kept)) || kept == null) {
      throw ErrorCode.AUTH_FAILED.exception();
    }
    return tokens.give(new RightPassword(user, kept, authRevision, revision));
  }

  @Override
  public void close() {
    passwords.close();
  }
}
