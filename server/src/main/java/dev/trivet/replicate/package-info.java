/**
 * The one door to the replicated state: {@link dev.trivet.replicate.CommandLog#propose} and {@link
 * dev.trivet.replicate.CommandLog#readBarrier}.
 *
 * <p>The only package that imports Apache Ratis.
 */
@NullMarked
package dev.trivet.replicate;

import org.jspecify.annotations.NullMarked;
