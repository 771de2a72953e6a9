/**
 * Load generators. Start at {@link dev.trivet.bench.KeyBench}; {@link dev.trivet.bench.KeyLoad}
 * says what to measure, {@link dev.trivet.bench.KeyReport} what came out. They speak plain etcd v3
 * over {@link dev.trivet.bench.wire}, so that the same code measures etcd and Trivet and leaves
 * them the processor. They know neither the command line nor the library's routing.
 */
@NullMarked
package dev.trivet.bench;

import org.jspecify.annotations.NullMarked;
