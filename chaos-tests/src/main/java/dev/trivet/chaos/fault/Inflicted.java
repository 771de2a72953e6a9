package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.Node;
import java.io.IOException;
import java.util.List;

/**
 * A fault that is in force.
 *
 * @param victims whom it concerns, for the report
 * @param witness looks whether it has bitten; asked once, before it is undone
 * @param undo ends it; nodes that have ended by themselves are started by the caller afterwards
 * @param aftermath looks again when all nodes serve: some faults show only in how a node came back
 */
public record Inflicted(List<String> victims, Witness witness, Undo undo, Witness aftermath) {
  /** Copies the victims. */
  public Inflicted {
    victims = List.copyOf(victims);
  }

  /** Looks for traces. */
  @FunctionalInterface
  public interface Witness {
    Evidence look() throws IOException, InterruptedException;
  }

  /** Ends a fault. */
  @FunctionalInterface
  public interface Undo {
    void undo() throws IOException, InterruptedException;
  }

  /** One that shows while it is in force. */
  static Inflicted on(List<? extends Node> victims, Witness witness, Undo undo) {
    return new Inflicted(
        victims.stream().map(Node::name).toList(), witness, undo, () -> Evidence.NONE);
  }

  /** One that shows only when its victims have come back. */
  Inflicted thenLook(Witness later) {
    return new Inflicted(victims, witness, undo, later);
  }
}
