/**
 * Load generators. Start at {@link dev.trivet.bench.KeyBench}; {@link dev.trivet.bench.WatchBench},
 * {@link dev.trivet.bench.LeaseBench} and {@link dev.trivet.bench.GrowBench} are its siblings. Each
 * has a record that says what to measure, and all answer with a {@link
 * dev.trivet.bench.LoadReport}. {@link dev.trivet.bench.churn} is a load of hours that checks as
 * well. They speak plain etcd v3 over {@link dev.trivet.bench.wire}, so that the same code measures
 * etcd and Trivet and leaves them the processor. They know neither the command line nor the
 * library's routing.
 */
@NullMarked
package dev.trivet.bench;

import org.jspecify.annotations.NullMarked;
