/**
 * The Java library. Start at {@link dev.trivet.client.TrivetClient}, then {@link
 * dev.trivet.client.LeaderFirst} for the way to the leader, {@link dev.trivet.client.Attempts} for
 * what is tried twice, {@link dev.trivet.client.TokenCall} for calls as a user, and {@link
 * dev.trivet.client.Failures}: how a failed call becomes a row of the error table. It depends on
 * proto alone and must not know the server.
 */
@NullMarked
package dev.trivet.client;

import org.jspecify.annotations.NullMarked;
