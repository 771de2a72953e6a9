/**
 * Kubernetes' use of etcd, for hours: objects created, updated and deleted by transactions on their
 * mod revision, lists in pages at one revision, watches with the previous value and with progress,
 * compaction to where the store was an interval ago. It tells whether disk and memory of the
 * servers grow, and whether what they promise holds meanwhile.
 *
 * <p>Start at {@link dev.trivet.bench.churn.ChurnBench}. {@code Writers}, {@code Watcher}, {@code
 * Lists} and {@code Compactor} make the load, all on the wire's thread; {@code WatchCheck} and
 * {@code PageCheck} hold what must be true and know nothing of the wire; {@code Tally} counts.
 *
 * <p>A <em>failure</em> is a call that did not succeed, as when a node goes away: the load goes on
 * at another one, and what the call did is learnt from the next transaction. A <em>violation</em>
 * is an answer that must not be.
 *
 * <p>Source: kube-apiserver's {@code storage/etcd3} (store, watcher, compact), etcd's API
 * guarantees.
 */
@NullMarked
package dev.trivet.bench.churn;

import org.jspecify.annotations.NullMarked;
