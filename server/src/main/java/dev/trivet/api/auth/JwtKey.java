package dev.trivet.api.auth;

import dev.trivet.errors.ErrorCode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What tokens are signed with, by one method and no other. For any thread. */
public sealed interface JwtKey {
  /** The header's {@code alg}. */
  String algorithm();

  /**
   * Takes up to some milliseconds.
   *
   * @throws dev.trivet.errors.TrivetException AUTH_VERIFY_ONLY without a private key
   */
  byte[] sign(byte[] text);

  /** Takes a tenth of a millisecond. */
  boolean isRight(byte[] text, byte[] signature);

  /** One that both sides know. */
  record Secret(JwtMethod method, SecretKeySpec key) implements JwtKey {
    static Secret of(JwtMethod method, byte[] secret) {
      return new Secret(method, new SecretKeySpec(secret, method.mac()));
    }

    @Override
    public String algorithm() {
      return method.name();
    }

    @Override
    public byte[] sign(byte[] text) {
      try {
        Mac mac = Mac.getInstance(method.mac());
        mac.init(key);
        return mac.doFinal(text);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has " + method.mac(), e);
      }
    }

    /** Takes the same time however much of it is right. */
    @Override
    public boolean isRight(byte[] text, byte[] signature) {
      return MessageDigest.isEqual(sign(text), signature);
    }

    /** Tells nothing of the key. */
    @Override
    public String toString() {
      return algorithm();
    }
  }

  /**
   * A private key and its public one.
   *
   * @param signing null: this node only takes tokens
   */
  record Pair(JwtMethod method, @Nullable PrivateKey signing, PublicKey verifying)
      implements JwtKey {
    @Override
    public String algorithm() {
      return method.name();
    }

    @Override
    public byte[] sign(byte[] text) {
      if (signing == null) {
        throw ErrorCode.AUTH_VERIFY_ONLY.exception();
      }
      try {
        Signature signature = method.signature();
        signature.initSign(signing);
        signature.update(text);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a key that has signed before does not", e);
      }
    }

    @Override
    public boolean isRight(byte[] text, byte[] signature) {
      try {
        Signature check = method.signature();
        check.initVerify(verifying);
        check.update(text);
        return check.verify(signature);
      } catch (SignatureException _) {
        // Not of the form of a signature, or not as long as one.
        return false;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a key that has verified before does not", e);
      }
    }

    /** Tells nothing of the keys. */
    @Override
    public String toString() {
      return algorithm();
    }
  }
}
