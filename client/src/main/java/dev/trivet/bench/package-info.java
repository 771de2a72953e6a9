/**
 * Load generators. Start at {@link dev.trivet.bench.KeyBench}; {@link dev.trivet.bench.KeyLoad}
 * says what to measure, {@link dev.trivet.bench.KeyReport} what came out. They speak plain etcd v3,
 * so that the same code measures etcd and Trivet. They know neither the command line nor the
 * library's routing.
 */
@NullMarked
package dev.trivet.bench;

import org.jspecify.annotations.NullMarked;
