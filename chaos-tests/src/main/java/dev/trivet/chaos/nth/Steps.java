package dev.trivet.chaos.nth;

/**
 * Which calls are to fail, by their numbers.
 *
 * @param first from 1
 * @param last none behind it
 * @param stride from one to the next; 0: it grows, so that of many calls the first are tried
 *     densely: 1, 2, 3, 5, 8, 12, 18, ...
 */
record Steps(long first, long last, long stride) {
  /** Checks the numbers. */
  Steps {
    if (first < 1 || stride < 0) {
      throw new IllegalArgumentException("calls are counted from 1, strides from 0");
    }
  }

  long next(long nth) {
    return nth + (stride > 0 ? stride : Math.max(1, (nth + 1) / 2));
  }
}
