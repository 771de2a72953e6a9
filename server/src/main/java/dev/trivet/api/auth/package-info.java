/**
 * The guard: who asks, and may they.
 *
 * <p>Start reading at {@link dev.trivet.api.auth.Guard}: it stands before every call, over gRPC and
 * over HTTP, and what is in no row of {@link dev.trivet.api.auth.Need} is for root alone. A service
 * asks it for the {@link dev.trivet.api.auth.Caller}, who must be permitted the rows that are read
 * and the leases that are renewed; commands carry the caller's name, and the state judges them when
 * they are applied. A caller shows who it is by a {@link dev.trivet.api.auth.Proof}: a token, or
 * the certificate of its connection.
 *
 * <p>{@link dev.trivet.api.auth.Passwords} are hashed slowly, on few threads of their own; {@link
 * dev.trivet.api.auth.Tokens} stand for a password that was found right: {@link
 * dev.trivet.api.auth.SimpleTokens} are kept by the log, {@link dev.trivet.api.auth.JwtTokens} are
 * signed and kept by nobody. Which of them is the {@link dev.trivet.api.auth.TokenKind}.
 *
 * <p>While authentication is off all of this costs one look at a field.
 *
 * <p>It must not know: what the services do.
 */
@NullMarked
package dev.trivet.api.auth;

import org.jspecify.annotations.NullMarked;
