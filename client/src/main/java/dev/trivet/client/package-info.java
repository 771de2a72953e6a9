/**
 * The Java library. Start at {@link dev.trivet.client.Failures}: how a failed call becomes a row of
 * the error table. It depends on proto alone and must not know the server.
 */
@NullMarked
package dev.trivet.client;

import org.jspecify.annotations.NullMarked;
