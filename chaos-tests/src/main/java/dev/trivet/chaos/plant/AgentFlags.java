package dev.trivet.chaos.plant;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** What a node's virtual machine is started with to have a bug. */
public final class AgentFlags {
  private AgentFlags() {}

  /**
   * Writes the agent's jar, which only names the class: the nodes of a run have this process's
   * class path.
   *
   * @param folder of the run
   */
  public static List<String> of(Plant plant, Path folder) throws IOException {
    Path jar = Files.createDirectories(folder).resolve("plant-agent.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", PlantAgent.class.getName());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.finish();
    }
    return List.of(
        "-javaagent:%s=%s".formatted(jar, plant.name()),
        // A cache of linked classes has them as they were.
        "-XX:AOTMode=off",
        // Without it, a node compiles for longer than such a run lasts.
        "-XX:TieredStopAtLevel=1");
  }
}
