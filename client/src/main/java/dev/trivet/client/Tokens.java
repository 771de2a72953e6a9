package dev.trivet.client;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.AuthenticateRequest;
import dev.trivet.proto.etcd.AuthenticateResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The token that all calls of a client carry: asked for by etcd's Authenticate when the first call
 * needs one, and again when a node has refused it. However many calls wait for one, it is asked for
 * once.
 *
 * <p>While authentication is off there is no token, and calls go without one, as those of etcd's
 * own client do.
 *
 * <p>Any thread; the fields are guarded by this object's lock.
 */
final class Tokens {
  /**
   * How long a refused password is not shown again. Nodes make passwords costly to check, and what
   * repeats by itself, such as keeping leases alive, would have one checked ten times a second.
   */
  private static final Duration REFUSED = Duration.ofSeconds(1);

  /** What a node gave. Empty: authentication was off. */
  record Token(String text) {
    static final Token NONE = new Token("");

    boolean isNone() {
      return text.isEmpty();
    }
  }

  private final Login login;
  private final Function<AuthenticateRequest, CompletableFuture<AuthenticateResponse>> authenticate;

  /** The last that was asked for; null: none, or it was refused. */
  private @Nullable CompletableFuture<Token> latest;

  /** When the password was last refused, if {@code latest} failed. */
  private long refusedNanos;

  /**
   * @param authenticate etcd's Authenticate, by a call that carries no token
   */
  Tokens(
      Login login,
      Function<AuthenticateRequest, CompletableFuture<AuthenticateResponse>> authenticate) {
    this.login = login;
    this.authenticate = authenticate;
  }

  /** For calls that carry none. */
  static Tokens none() {
    return new Tokens(
        Login.NOBODY, _ -> CompletableFuture.failedFuture(ErrorCode.AUTH_NOT_ENABLED.exception()));
  }

  /** Whether calls need tokens. */
  boolean areWanted() {
    return login.isSomebody();
  }

  /** The token in force. Fails with {@link TrivetException}, AUTH_FAILED for a wrong password. */
  synchronized CompletableFuture<Token> take() {
    CompletableFuture<Token> known = latest;
    if (known == null || (known.isCompletedExceptionally() && isWorthAsking())) {
      known = ask();
      latest = known;
    }
    return known;
  }

  /** A node has refused it: the next call asks for another one, unless that was done already. */
  synchronized void drop(Token refused) {
    CompletableFuture<Token> known = latest;
    if (known != null
        && known.state() == Future.State.SUCCESS
        && known.resultNow().equals(refused)) {
      latest = null;
    }
  }

  /** A node has refused whatever token is in force. */
  synchronized void drop() {
    CompletableFuture<Token> known = latest;
    if (known != null && known.isDone()) {
      latest = null;
    }
  }

  /** Whether a call was refused for its token, which another token may change. */
  boolean areRefusedBy(ErrorCode code) {
    return switch (code) {
      case INVALID_AUTH_TOKEN, AUTH_REVISION_OLD -> areWanted();
      // Authentication was turned on since this client was told that it is off.
      case USER_EMPTY -> areWanted();
      default -> false;
    };
  }

  private boolean isWorthAsking() {
    return System.nanoTime() - refusedNanos > REFUSED.toNanos();
  }

  /** Called under the lock. A lost answer does no harm: that token ends unused. */
  private CompletableFuture<Token> ask() {
    // Failures of another kind may pass at any moment.
    refusedNanos = System.nanoTime() - 2 * REFUSED.toNanos();
    return authenticate
        .apply(
            AuthenticateRequest.newBuilder()
                .setName(login.user())
                .setPassword(login.password())
                .build())
        .thenApply(AuthenticateResponse::getToken)
        .thenApply(Token::new)
        .exceptionally(this::withoutToken);
  }

  private Token withoutToken(Throwable failure) {
    TrivetException error = Waiting.errorOf(failure);
    if (error.code() == ErrorCode.AUTH_NOT_ENABLED) {
      return Token.NONE;
    }
    if (error.code() == ErrorCode.AUTH_FAILED) {
      synchronized (this) {
        refusedNanos = System.nanoTime();
      }
    }
    throw new CompletionException(error);
  }
}
