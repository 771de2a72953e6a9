/**
 * etcd's services Lock and Election. Both are made of keys: who wants a name puts a key under it
 * that hangs on a lease, and has it once no older key is there.
 *
 * <p>Start reading at {@code Line}, which is both: {@link
 * dev.trivet.api.etcd.coordination.LockService} and {@link
 * dev.trivet.api.etcd.coordination.ElectionService} are its faces. {@code KeyCalls} calls the
 * services of keys and leases in the context of the caller; {@code KeyEvents} waits for changes
 * without polling.
 *
 * <p>Guarantees: the order is that of the keys' create_revisions; a caller that goes away while it
 * waits, or whose wait fails, leaves no key behind; a waiter whose own key is gone is told so and
 * never believes to be next. A waiting call holds one virtual thread and one watcher, and nobody
 * owns state between calls.
 *
 * <p>It must not know: how keys are replicated, who may do what.
 */
@NullMarked
package dev.trivet.api.etcd.coordination;

import org.jspecify.annotations.NullMarked;
