/**
 * Tries to break what the guarantees promise: real nodes as processes, real faults, and checks of
 * everything that a client was told.
 *
 * <p>Start reading at {@link dev.trivet.chaos.Chaos}: a run is an {@code environment}, workloads
 * that note histories, a schedule of faults from a seed, and checkers. {@link
 * dev.trivet.chaos.ChaosRun} puts them together; {@link dev.trivet.chaos.Recovery} measures how
 * long nodes take to serve again; {@link dev.trivet.chaos.ReplicaHashes} compares what they hold in
 * the end. {@link dev.trivet.chaos.LongRun} makes many such runs, of hours together. {@link
 * dev.trivet.chaos.planted.Planted} gives the nodes bugs, each of which a run has to find.
 *
 * <p>Before it were programs of one story each, which stay: {@link dev.trivet.chaos.Rounds}, whose
 * {@link dev.trivet.chaos.Workload}s note in a {@link dev.trivet.chaos.Ledger} what was
 * acknowledged and take part in a run, too, as {@link dev.trivet.chaos.LedgerWorkload}; {@link
 * dev.trivet.chaos.StaleReads} and {@link dev.trivet.chaos.LostDisks}; {@link
 * dev.trivet.chaos.Failovers}, which times changes of the leader; {@link dev.trivet.chaos.Clients}
 * of a cluster that is started and broken by a script.
 */
@NullMarked
package dev.trivet.chaos;

import org.jspecify.annotations.NullMarked;
