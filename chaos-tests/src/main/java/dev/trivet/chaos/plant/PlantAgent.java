package dev.trivet.chaos.plant;

import java.lang.instrument.Instrumentation;

/**
 * The agent of a node's virtual machine that gives it a bug. What it throws ends the machine before
 * the node begins.
 */
public final class PlantAgent {
  private PlantAgent() {}

  /**
   * Called by the virtual machine.
   *
   * @param name of the bug
   * @throws ClassNotFoundException when the node has no such class
   * @throws IllegalStateException when a class is as it was
   */
  public static void premain(String name, Instrumentation instrumentation)
      throws ClassNotFoundException {
    Planting planting = new Planting(Plants.named(name));
    instrumentation.addTransformer(planting);
    for (String owner : planting.owners()) {
      // Now and not when it is needed: else a bug that was never planted would look like one that
      // was not found.
      var _ = Class.forName(owner, false, ClassLoader.getSystemClassLoader());
    }
    planting.requireDone();
    System.out.println("a bug is planted in this node: " + name);
  }
}
