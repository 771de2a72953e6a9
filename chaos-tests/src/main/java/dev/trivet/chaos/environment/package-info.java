/**
 * Where a run takes place: three nodes that can be started, ended, stopped, and whose networks and
 * disks can be broken.
 *
 * <p>Start reading at {@link dev.trivet.chaos.environment.Environment}. {@link
 * dev.trivet.chaos.environment.Hosts} gives each node a network namespace and a disk of its own and
 * needs root; {@link dev.trivet.chaos.environment.Loopback} needs nothing and has a proxy between
 * the nodes; {@link dev.trivet.chaos.environment.Existing} is a cluster that somebody else runs.
 * {@link dev.trivet.chaos.environment.Plain} is for programs that fail calls of a node's disk and
 * nothing else. What one of them cannot do it lacks as a {@link
 * dev.trivet.chaos.environment.Capability}, with the reason, so that a run says what it left out.
 *
 * <p>Knows neither faults nor workloads. One thread at a time.
 */
@NullMarked
package dev.trivet.chaos.environment;

import org.jspecify.annotations.NullMarked;
