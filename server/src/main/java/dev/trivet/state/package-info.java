/**
 * The deterministic state machine: what the commands in the log mean.
 *
 * <p>Start reading at {@link dev.trivet.state.StateMachine#apply}: it takes one log entry's
 * commands through the packages below and commits what they wrote as one batch.
 *
 * <ul>
 *   <li>{@code state.entry}: what one entry's application carries: rows, time, counters, changes to
 *       tell others about.
 *   <li>{@code state.keys}: etcd's key space. {@code state.leases}: leases, and what is due.
 *   <li>{@code state.auth}: users, roles, permissions, tokens: who may do what.
 *   <li>{@code state.requests}: what clients were answered, so that a repetition changes nothing.
 *   <li>{@code state.alarms}: members without space.
 *   <li>{@code state.snapshots}: the key space as a stream, out and in again.
 *   <li>{@code state.objects}: buckets, manifests, inline values, extent references and garbage.
 *   <li>{@code state.volumes}: volumes, inodes, directory entries, slices, sessions.
 * </ul>
 *
 * <p>Guarantees: the rows are a function of the log. No clock, no randomness, no threads, no
 * network, no hash order, no environment: what a command needs arrives in it. A refusal is a value,
 * the same on all nodes; anything unexpected is thrown and stops the node.
 *
 * <p>The apply thread owns all of it. Readers use the static query methods of the packages on a
 * {@link dev.trivet.store.ReadView}. It must not know: Raft, the network, files.
 */
@NullMarked
package dev.trivet.state;

import org.jspecify.annotations.NullMarked;
