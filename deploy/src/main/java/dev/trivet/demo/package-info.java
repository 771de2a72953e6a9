/**
 * {@code trivet demo}: a cluster of three processes, a leader killed, and the proof that nothing
 * was lost. What it says was measured or compared a moment before.
 *
 * <p>Start at {@link dev.trivet.demo.Demo}, the story; {@link dev.trivet.demo.Writers} and {@link
 * dev.trivet.demo.SeenEvents} collect what the nodes said meanwhile, {@link
 * dev.trivet.demo.KeyProof} compares it with what is there in the end. {@link
 * dev.trivet.demo.KeptCluster} remembers processes that go on after the demo. The demo is a client
 * like any other: it must not look into a node.
 */
@NullMarked
package dev.trivet.demo;

import org.jspecify.annotations.NullMarked;
