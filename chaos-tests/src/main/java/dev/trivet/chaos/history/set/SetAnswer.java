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
   * @param rewritten those of them that were written more than once
   */
  record Elements(List<String> elements, List<String> rewritten) implements SetAnswer {
    /** Copies the elements. */
    public Elements {
      elements = List.copyOf(elements);
      rewritten = List.copyOf(rewritten);
    }

    /** Each of which was written once. */
    public Elements(List<String> elements) {
      this(elements, List.of());
    }
  }
}
