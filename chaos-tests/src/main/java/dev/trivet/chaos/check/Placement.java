package dev.trivet.chaos.check;

import java.util.Arrays;

/**
 * One way to explain all calls that have ended: only what it leaves for later is kept.
 *
 * @param state of the object
 * @param placed which of the open answered calls are placed already, a bit each
 * @param used which unknown calls are placed, a bit each; without zeros at the end
 * @param <S> state
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole, and never changed
record Placement<S>(S state, long placed, long[] used) {

  boolean hasUsed(int number) {
    int word = number / Long.SIZE;
    return word < used.length && (used[word] & 1L << number) != 0;
  }

  /** With one more unknown call placed. */
  Placement<S> using(int number, S next) {
    int word = number / Long.SIZE;
    long[] more = Arrays.copyOf(used, Math.max(used.length, word + 1));
    more[word] |= 1L << number;
    return new Placement<>(next, placed, more);
  }

  /** With a bit free for another call. */
  Placement<S> without(long mask) {
    return new Placement<>(state, placed & ~mask, used);
  }

  int countUsed() {
    int count = 0;
    for (long word : used) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** Whether this used no unknown call that the other did not. */
  boolean usedNoMoreThan(Placement<S> other) {
    if (used.length > other.used.length) {
      return false;
    }
    for (int i = 0; i < used.length; i++) {
      if ((used[i] & ~other.used[i]) != 0) {
        return false;
      }
    }
    return true;
  }
}
