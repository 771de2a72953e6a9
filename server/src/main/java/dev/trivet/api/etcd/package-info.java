/**
 * etcd's v3 API over gRPC, as its unmodified clients see it.
 *
 * <p>Start reading at {@link dev.trivet.api.etcd.KeyService}: a request's form is checked, it goes
 * through the log or waits for a read barrier, and what the state says comes back under a header by
 * {@link dev.trivet.api.etcd.Headers}. {@link dev.trivet.api.etcd.WatchService} has one {@code
 * WatchStream} for each stream of watchers.
 *
 * <p>Guarantees: a read that is not asked to be serializable is linearizable; texts and statuses of
 * refusals are etcd's; the term in a node's headers never goes back. What etcd has and this has not
 * is answered UNIMPLEMENTED.
 *
 * <p>It must not know: how commands are replicated, how rows are stored.
 */
@NullMarked
package dev.trivet.api.etcd;

import org.jspecify.annotations.NullMarked;
