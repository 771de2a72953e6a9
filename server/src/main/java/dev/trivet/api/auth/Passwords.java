package dev.trivet.api.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.HashedPassword;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Passwords, hashed by PBKDF2 with HMAC-SHA-256 and a salt of their own, on two threads: it is slow
 * on purpose, and must slow nobody else down. At most 64 wait; who comes after them is refused with
 * {@code TOO_MANY_REQUESTS}. Those that were hashed elsewhere are compared by bcrypt: who measures
 * closely may learn of a user that it has one.
 *
 * <p>Source: RFC 8018, PBKDF2.
 */
public final class Passwords implements AutoCloseable {
  /** About as slow as the hash that etcd uses, and costs nobody without a password a second. */
  static final int ITERATIONS = 120_000;

  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;
  private static final int THREADS = 2;
  private static final int MAX_WAITING = 64;

  private final SecureRandom random = new SecureRandom();
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().name("password-", 0).daemon().factory());

  /** Somebody else's password: what is compared when there is nothing to compare with. */
  private final HashedPassword other;

  Passwords() {
    pool.allowCoreThreadTimeOut(true);
    other = HashedPassword.newBuilder().setSalt(salt()).setIterations(ITERATIONS).build();
  }

  /** What may be kept of a password. */
  public CompletableFuture<HashedPassword> hash(String password) {
    return slowly(
        () -> {
          ByteString salt = salt();
          return HashedPassword.newBuilder()
              .setSalt(salt)
              .setIterations(ITERATIONS)
              .setHash(hash(password, salt, ITERATIONS))
              .build();
        });
  }

  /**
   * What to keep of a password that was hashed elsewhere, as etcd keeps it.
   *
   * @param base64 of bcrypt's text
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when it is none, or too slow to be
   *     compared with
   */
  public HashedPassword hashedElsewhere(String base64) {
    return HashedPassword.newBuilder()
        .setSalt(salt())
        .setHash(ForeignHashes.require(base64))
        .setIsBcrypt(true)
        .build();
  }

  /** What to keep so that no password is right. */
  public HashedPassword unusable() {
    return HashedPassword.newBuilder().setSalt(salt()).setIterations(ITERATIONS).build();
  }

  /**
   * Whether a password is the one of which this is kept. Takes as long, and says no, when nothing
   * is kept: nobody learns which users there are.
   */
  public CompletableFuture<Boolean> isRight(String password, @Nullable HashedPassword kept) {
    HashedPassword compared = kept == null || kept.getHash().isEmpty() ? other : kept;
    return slowly(
        () ->
            compared.getIsBcrypt()
                ? ForeignHashes.isRight(password, compared.getHash())
                : MessageDigest.isEqual(
                    hash(password, compared.getSalt(), compared.getIterations()).toByteArray(),
                    compared.getHash().toByteArray()));
  }

  private <T> CompletableFuture<T> slowly(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, pool);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          ErrorCode.TOO_MANY_REQUESTS.exception(
              MAX_WAITING + " wait to be authenticated already, and no more may", e));
    }
  }

  private ByteString salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return ByteString.copyFrom(salt);
  }

  private static ByteString hash(String password, ByteString salt, int iterations) {
    PBEKeySpec form =
        new PBEKeySpec(password.toCharArray(), salt.toByteArray(), iterations, HASH_BITS);
    try {
      return ByteString.copyFrom(
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(form).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2 with HMAC-SHA-256", e);
    } finally {
      form.clearPassword();
    }
  }

  /** Nobody waits for what is under way. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
