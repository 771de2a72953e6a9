package dev.trivet.api.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.trivet.api.edge.Calls;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.IssueToken;
import dev.trivet.proto.log.RenewToken;
import dev.trivet.proto.log.TokenRecord;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.auth.AuthTokens;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Rows;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that the log gave, so that they are valid on every member: 16 letters, a dot, a number. As
 * in etcd, a token stands for its user at the newest revision of users and roles.
 *
 * <p>A token that is used is renewed through the log once a minute at most, without anybody waiting
 * for it.
 */
final class SimpleTokens implements Tokens {
  private static final int SECRET_LETTERS = 16;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final long RENEW_AFTER_MILLIS = 60_000;
  private static final long ASK_AGAIN_NANOS = 10_000_000_000L;
  private static final int MAX_ASKED = 10_000;

  private final CommandLog log;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** When this node last proposed to renew a token, by its id. */
  private final Map<Long, Long> asked = new ConcurrentHashMap<>();

  /**
   * @param clock only decides when to renew; the end of a token's life is decided in the log
   */
  SimpleTokens(CommandLog log, InstantSource clock, RandomGenerator random) {
    this.log = log;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public AuthResult give(RightPassword password) {
    IssueToken command =
        IssueToken.newBuilder()
            .setUser(password.user())
            .setSalt(password.kept().getSalt())
            .setSecret(secret())
            .build();
    return Calls.accepted(
            Calls.await(log.propose(Command.newBuilder().setIssueToken(command).build())))
        .getAuth();
  }

  /** A new token's letters. */
  private String secret() {
    StringBuilder secret = new StringBuilder(SECRET_LETTERS);
    for (int i = 0; i < SECRET_LETTERS; i++) {
      secret.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return secret.toString();
  }

  @Override
  public @Nullable Asker asker(String token, Rows rows, AccessRules rules) {
    long id = idOf(token);
    TokenRecord known = id == 0 ? null : AuthTokens.find(rows, id);
    if (known == null || !isSame(known.getSecret() + "." + id, token)) {
      return null;
    }
    maybeRenew(known);
    return Asker.newBuilder().setUser(known.getUser()).setAuthRevision(rules.revision()).build();
  }

  @Override
  public boolean isAhead(String token, Rows rows) {
    return idOf(token) > Counter.AUTH_TOKEN_ID.in(rows);
  }

  private void maybeRenew(TokenRecord token) {
    long left = token.getExpiresMillis() - clock.millis();
    if (left > AuthTokens.TTL_MILLIS - RENEW_AFTER_MILLIS) {
      return;
    }
    long now = System.nanoTime();
    Long before = asked.get(token.getId());
    if (before != null && now - before < ASK_AGAIN_NANOS) {
      return;
    }
    if (asked.size() >= MAX_ASKED) {
      asked.clear();
    }
    asked.put(token.getId(), now);
    var _ =
        log.propose(
            Command.newBuilder()
                .setRenewToken(RenewToken.newBuilder().setId(token.getId()))
                .build());
  }

  /** 0 when it has none. */
  private static long idOf(String token) {
    int dot = token.indexOf('.');
    if (dot != SECRET_LETTERS || token.length() > SECRET_LETTERS + 19) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(token, dot + 1, token.length(), 10));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /** Takes the same time however much of it is right. */
  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
  }
}
