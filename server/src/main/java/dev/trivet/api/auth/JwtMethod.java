package dev.trivet.api.auth;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * How a token is signed.
 *
 * <p>Source: RFC 7518, 3.1, and RFC 8037, 3.1: the constants' names are those of the header's
 * {@code alg}.
 */
enum JwtMethod {
  HS256(Family.SECRET, 256),
  HS384(Family.SECRET, 384),
  HS512(Family.SECRET, 512),
  RS256(Family.RSA, 256),
  RS384(Family.RSA, 384),
  RS512(Family.RSA, 512),
  PS256(Family.RSA_PSS, 256),
  PS384(Family.RSA_PSS, 384),
  PS512(Family.RSA_PSS, 512),
  ES256(Family.CURVE, 256),
  ES384(Family.CURVE, 384),
  ES512(Family.CURVE, 512),
  EdDSA(Family.EDWARDS, 512);

  private static final int MIN_RSA_BITS = 2048;

  private enum Family {
    SECRET,
    RSA,
    RSA_PSS,
    CURVE,
    EDWARDS
  }

  private final Family family;
  private final int digestBits;

  JwtMethod(Family family, int digestBits) {
    this.family = family;
    this.digestBits = digestBits;
  }

  /** Whether both sides know the one key. */
  boolean isSecret() {
    return family == Family.SECRET;
  }

  /** The least that a secret must have. RFC 7518, 3.2. */
  int minSecretBytes() {
    return digestBits / 8;
  }

  /** Of a secret. */
  String mac() {
    return "HmacSHA" + digestBits;
  }

  /** Of a pair of keys, to be initialized. */
  Signature signature() throws GeneralSecurityException {
    return switch (family) {
      case SECRET -> throw new IllegalStateException(this + " has no pair of keys");
      case RSA -> Signature.getInstance("SHA" + digestBits + "withRSA");
      case RSA_PSS -> {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
            new PSSParameterSpec(
                "SHA-" + digestBits,
                "MGF1",
                new MGF1ParameterSpec("SHA-" + digestBits),
                digestBits / 8,
                PSSParameterSpec.TRAILER_FIELD_BC));
        yield signature;
      }
      case CURVE -> Signature.getInstance("SHA" + digestBits + "withECDSAinP1363Format");
      case EDWARDS -> Signature.getInstance("Ed25519");
    };
  }

  /** Which key it needs, when this is not one; null when it is. */
  @Nullable String wants(Key key) {
    return switch (family) {
      case SECRET -> "a secret";
      case RSA, RSA_PSS ->
          key instanceof RSAKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS
              ? null
              : "an RSA key of %d bits or more".formatted(MIN_RSA_BITS);
      case CURVE ->
          key instanceof ECKey ec
                  && ec.getParams().getCurve().getField().getFieldSize() == fieldBits()
              ? null
              : "an EC key of the curve P-%d".formatted(fieldBits());
      case EDWARDS ->
          key instanceof EdECKey edwards
                  && edwards.getParams().getName().equals(NamedParameterSpec.ED25519.getName())
              ? null
              : "an Ed25519 key";
    };
  }

  private int fieldBits() {
    return digestBits == 512 ? 521 : digestBits;
  }
}
