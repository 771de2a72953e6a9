package dev.trivet.state.auth;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.proto.log.IssueToken;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RenewToken;
import dev.trivet.proto.log.TokenRecord;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.state.leases.DueTable;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that stand for a user: 16 letters, a dot and a number. In etcd the number is where in the
 * log the token was given; here it counts the tokens, which serves the same end: a node that has
 * not applied so many yet is behind, and one that has and does not know it says no.
 *
 * <p>A token lives for 300 seconds of the log's time after it was given or renewed, on all nodes
 * alike. Nodes propose to renew tokens that are used.
 */
public final class AuthTokens {
  /** As etcd's {@code --auth-token-ttl}. */
  public static final long TTL_MILLIS = 300_000;

  /** Giving one costs a slow hash, so that so many are not given within their lives by accident. */
  static final int MAX_TOKENS = 50_000;

  private AuthTokens() {}

  static Outcome issue(EntryContext context, IssueToken command) {
    if (context.get(Counter.AUTH_ENABLED) == 0) {
      return EntryContext.refuse(ErrorCode.AUTH_NOT_ENABLED);
    }
    UserRecord user = AuthRows.user(context.rows(), command.getUser());
    if (user == null || !isCurrent(user, command)) {
      return EntryContext.refuse(ErrorCode.AUTH_FAILED);
    }
    if (context.get(Counter.AUTH_TOKENS) >= MAX_TOKENS) {
      return EntryContext.refuse(ErrorCode.TOO_MANY_REQUESTS);
    }
    TokenRecord token =
        TokenRecord.newBuilder()
            .setId(context.next(Counter.AUTH_TOKEN_ID))
            .setSecret(command.getSecret())
            .setUser(command.getUser())
            .build();
    context.next(Counter.AUTH_TOKENS);
    write(context, token);
    return Outcome.newBuilder()
        .setAuth(
            AuthResult.newBuilder()
                .setRevision(context.get(Counter.REVISION))
                .setToken(token.getSecret() + "." + Long.toUnsignedString(token.getId())))
        .build();
  }

  private static boolean isCurrent(UserRecord user, IssueToken command) {
    HashedPassword password = user.getPassword();
    return user.hasPassword()
        && !password.getHash().isEmpty()
        && password.getSalt().equals(command.getSalt());
  }

  /** Nothing happens to a token that is gone. */
  static Outcome renew(EntryContext context, RenewToken command) {
    TokenRecord token = AuthRows.token(context.rows(), command.getId());
    if (token != null) {
      write(context, token);
    }
    return Outcome.newBuilder()
        .setAuth(AuthResult.newBuilder().setRevision(context.get(Counter.REVISION)))
        .build();
  }

  /** The token's time is over. */
  public static void expire(EntryContext context, long id) {
    TokenRecord token = AuthRows.token(context.rows(), id);
    if (token == null) {
      throw new IllegalStateException("token " + id + " is due and does not exist");
    }
    end(context, token);
  }

  static void endOf(EntryContext context, String user) {
    end(context, token -> token.getUser().equals(user));
  }

  static void endAll(EntryContext context) {
    end(context, _ -> true);
  }

  /** Null when there is no such token, or none any more. */
  public static @Nullable TokenRecord find(Rows rows, long id) {
    return AuthRows.token(rows, id);
  }

  private static void end(EntryContext context, Predicate<TokenRecord> which) {
    AuthRows.tokens(context.rows()).stream().filter(which).forEach(token -> end(context, token));
  }

  private static void end(EntryContext context, TokenRecord token) {
    context.rows().delete(Table.AUTH_TOKEN, AuthRows.tokenKey(token.getId()));
    DueTable.remove(context, DueTable.Kind.TOKEN, token.getId(), token.getExpiresMillis());
    context.set(Counter.AUTH_TOKENS, context.get(Counter.AUTH_TOKENS) - 1);
  }

  /** Writes the token with its full time from now on. */
  private static void write(EntryContext context, TokenRecord token) {
    long expires = context.timeMillis() + TTL_MILLIS;
    DueTable.set(context, DueTable.Kind.TOKEN, token.getId(), token.getExpiresMillis(), expires);
    context
        .rows()
        .put(
            Table.AUTH_TOKEN,
            AuthRows.tokenKey(token.getId()),
            token.toBuilder().setExpiresMillis(expires).build().toByteArray());
  }
}
