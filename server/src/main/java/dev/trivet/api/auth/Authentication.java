package dev.trivet.api.auth;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.proto.log.IssueToken;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.auth.AuthQueries;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.security.SecureRandom;
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
  private final SimpleTokens tokens;
  private final Guard guard;

  /**
   * @param rules as {@link dev.trivet.state.StateMachine#access} has them
   * @param log what it proposes carries nobody's name
   */
  public Authentication(
      Supplier<AccessRules> rules, CommandLog log, Store store, InstantSource clock) {
    this.log = log;
    this.store = store;
    this.tokens = new SimpleTokens(log, clock, new SecureRandom());
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
   * @throws dev.trivet.errors.TrivetException AUTH_NOT_ENABLED, AUTH_FAILED, TOO_MANY_REQUESTS
   */
  public AuthResult authenticate(String user, String password) {
    var _ = Calls.await(log.readBarrier());
    HashedPassword kept;
    try (ReadView view = store.view()) {
      if (Counter.AUTH_ENABLED.in(view) == 0) {
        throw ErrorCode.AUTH_NOT_ENABLED.exception();
      }
      kept = AuthQueries.passwordOf(view, user);
    }
    if (!Calls.await(passwords.isRight(password, kept)) || kept == null) {
      throw ErrorCode.AUTH_FAILED.exception();
    }
    IssueToken command =
        IssueToken.newBuilder()
            .setUser(user)
            .setSalt(kept.getSalt())
            .setSecret(tokens.secret())
            .build();
    return Calls.accepted(
            Calls.await(log.propose(Command.newBuilder().setIssueToken(command).build())))
        .getAuth();
  }

  @Override
  public void close() {
    passwords.close();
  }
}
