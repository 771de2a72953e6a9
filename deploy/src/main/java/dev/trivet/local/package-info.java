/**
 * A cluster on one machine: real nodes as processes of their own, on loopback.
 *
 * <p>Start reading at {@link dev.trivet.local.LocalCluster}. The demo and the chaos tests use it.
 * It ends only processes that it started.
 */
@NullMarked
package dev.trivet.local;

import org.jspecify.annotations.NullMarked;
