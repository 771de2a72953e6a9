/**
 * Bugs that real nodes are given on purpose, so that a run is seen red for each promise that it
 * judges.
 *
 * <p>Start reading at {@link dev.trivet.chaos.plant.Plants}, the list. A {@link
 * dev.trivet.chaos.plant.Plant} is a few {@link dev.trivet.chaos.plant.Edit}s of methods, and where
 * to look for it. A node is started with {@link dev.trivet.chaos.plant.PlantAgent} as an agent of
 * its virtual machine, which edits the classes when they are loaded; {@link
 * dev.trivet.chaos.plant.AgentFlags} are the flags. What edited methods call is {@link
 * dev.trivet.chaos.plant.PlantedCode}.
 *
 * <p>Nothing of this is in the nodes' own code, and a release cannot carry it: the distribution is
 * packed without this package. An agent whose edits do not all take effect ends its node before it
 * starts.
 *
 * <p>Knows neither environments nor faults nor checkers, but for their names.
 */
@NullMarked
package dev.trivet.chaos.plant;

import org.jspecify.annotations.NullMarked;
