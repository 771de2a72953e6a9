/**
 * Runs on nodes with bugs on purpose, of which each has to be found.
 *
 * <p>Start reading at {@link dev.trivet.chaos.planted.Planted}, the program: for each bug it has
 * {@link dev.trivet.chaos.ChaosProcess} run {@link dev.trivet.chaos.Chaos}, to which {@link
 * dev.trivet.chaos.planted.AgentPlanting} gives what {@link dev.trivet.chaos.plant} prepares.
 *
 * <p>Neither this package nor that one is in what is packed for a distribution.
 */
@NullMarked
package dev.trivet.chaos.planted;

import org.jspecify.annotations.NullMarked;
