/**
 * Clusters of three nodes in one thread, on simulated disks, clocks and networks: one seed is one
 * run, and after every event the promises of {@link dev.trivet.sim.Promise} are held against what
 * happened.
 *
 * <p>Start at {@link dev.trivet.sim.Run}, which plays a plan that {@link dev.trivet.sim.PlanMaker}
 * makes of a seed; {@link dev.trivet.sim.Life} is one process of a node, {@link
 * dev.trivet.sim.Clients} and {@link dev.trivet.sim.WatchingClient} are who uses it, and {@link
 * dev.trivet.sim.Ledger} keeps the account. A seed that breaks a promise is made small by {@link
 * dev.trivet.sim.Shrinker} and told by {@link dev.trivet.sim.Seed}.
 *
 * <p>What is real: the state machine with all that is below it but for the tables themselves
 * ({@code Store}, {@code Batch}, {@code RowCache}, hashes, snapshots in and out); {@code
 * ReplicatedState}, {@code GroupCommit}, {@code EntryPace}, {@code EntryFormat}, {@code
 * SteadyClock}, {@code AppliedIndex}, {@code ReadBarriers}, {@code SharedRound}; {@code Lessor}
 * with {@code Deadlines}, {@code Renewals} and {@code LeaseClock}; {@code WatchHub} with {@code
 * Watch}, {@code Feed} and {@code StoreEvents}.
 *
 * <p>What is modelled, so that a mistake there is not found here: Raft ({@link
 * dev.trivet.sim.RaftModel}), whose promises are assumed; RocksDB's tables, by {@code MemoryDisk},
 * which a test compares with them; the calls between nodes, among them {@code Forwarding} and
 * {@code Tenures}, as one call that fails after a while; the lines of {@code Replica} that join its
 * parts, and the files of {@code SnapshotFolders}; the services that clients call; our client's
 * retries; the bytes of extents, of which only the rule of two synced copies is kept. Volumes,
 * their sessions and users are not here.
 *
 * <p>{@link dev.trivet.sim.Bug} has mistakes that are made on purpose: how it is known that the
 * promises are looked after.
 */
@NullMarked
package dev.trivet.sim;

import org.jspecify.annotations.NullMarked;
