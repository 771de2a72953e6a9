package dev.trivet.chaos.history.set;

import java.util.List;

/** What a set answers. */
public sealed interface SetAnswer {
  /** The element is promised to stay. */
  record Added() implements SetAnswer {}

  /**
   * All elements.
   *
   * @param elements in any order, as often as they were found
   */
  record Elements(List<String> elements) implements SetAnswer {
    /** Copies the elements. */
    public Elements {
      elements = List.copyOf(elements);
    }
  }
}
