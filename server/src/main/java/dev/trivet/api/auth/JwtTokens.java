package dev.trivet.api.auth;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.state.auth.AccessRules;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Rows;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that carry their user, signed, so that no node need keep them: every member with the same
 * keys takes them until they end. Whatever changes users and roles ends them all at once, for every
 * call: stricter than etcd, where who has the role root may go on for some calls.
 *
 * <p>Verifying one costs a tenth of a millisecond, so that those found right are remembered. What
 * is found wrong is not: nobody can fill the memory without the key.
 *
 * <p>Source: etcd's documentation, {@code --auth-token}.
 */
final class JwtTokens implements Tokens {
  private static final int MAX_KNOWN = 10_000;

  private final JwtKey key;
  private final Duration timeToLive;
  private final InstantSource clock;

  /** By the token; each was signed by the key. */
  private final Map<String, Jwt> known = new ConcurrentHashMap<>();

  /**
   * @param clock decides when tokens end: the members' clocks must agree
   */
  JwtTokens(JwtKey key, Duration timeToLive, InstantSource clock) {
    this.key = key;
    this.timeToLive = timeToLive;
    this.clock = clock;
  }

  @Override
  public AuthResult give(RightPassword password) {
    long ends = clock.instant().plus(timeToLive).toEpochMilli();
    Jwt token = new Jwt(password.user(), password.authRevision(), Long.MIN_VALUE, ends);
    return AuthResult.newBuilder()
        .setRevision(password.revision())
        .setToken(token.signedBy(key))
        .build();
  }

  @Override
  public @Nullable Asker asker(String token, Rows rows, AccessRules rules) {
    Jwt said = verified(token);
    if (said == null) {
      return null;
    }
    Asker asker =
        Asker.newBuilder().setUser(said.user()).setAuthRevision(said.authRevision()).build();
    ErrorCode refusal = rules.refuseRevision(asker);
    if (refusal != null) {
      throw refusal.exception();
    }
    return asker;
  }

  @Override
  public boolean isAhead(String token, Rows rows) {
    Jwt said = verified(token);
    return said != null && said.authRevision() > Counter.AUTH_REVISION.in(rows);
  }

  /** Null when the token is not signed by the key, or its time is over. */
  private @Nullable Jwt verified(String token) {
    Jwt said = known.get(token);
    if (said == null) {
      said = Jwt.of(token, key);
      if (said == null) {
        return null;
      }
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.put(token, said);
    }
    if (said.isValidAt(clock.millis())) {
      return said;
    }
    known.remove(token);
    return null;
  }
}
