package dev.trivet.chaos.planted;

import dev.trivet.chaos.Planting;
import dev.trivet.chaos.plant.AgentFlags;
import dev.trivet.chaos.plant.Plant;
import dev.trivet.chaos.plant.Plants;
import java.io.IOException;
import java.nio.file.Path;

/** By an agent in the nodes' virtual machines. */
public final class AgentPlanting implements Planting {
  @Override
  public Planted plant(String name, Path folder) throws IOException {
    Plant plant = Plants.named(name);
    return new Planted(
        AgentFlags.of(plant, folder), plant.hunt().faults(), plant.hunt().workloads());
  }
}
