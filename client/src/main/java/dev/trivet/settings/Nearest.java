package dev.trivet.settings;

import java.util.Collection;

/** The known word that a misspelt one is most like. */
final class Nearest {
  private Nearest() {}

  static String to(String word, Collection<String> known) {
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(word, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein's: letters to insert, delete or replace; row by row. */
  private static int distance(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      int[] now = new int[to.length() + 1];
      now[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        now[column] =
            Math.min(above[column - 1] + change, 1 + Math.min(above[column], now[column - 1]));
      }
      above = now;
    }
    return above[to.length()];
  }
}
