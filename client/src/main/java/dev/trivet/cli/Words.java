package dev.trivet.cli;

import dev.trivet.errors.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A line's words: separated by blanks, or in double quotes, within which a backslash goes before a
 * quote, a backslash, n or t; or in single quotes, within which nothing is special.
 */
final class Words {
  private Words() {}

  static List<String> of(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == '"' && c == '\\' && i + 1 < line.length()) {
        word.append(escaped(line.charAt(++i)));
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        isWord = true;
      } else if (Character.isWhitespace(c)) {
        if (isWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        isWord = false;
      } else {
        word.append(c);
        isWord = true;
      }
    }
    if (quote != 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + line + "' has a quote without an end");
    }
    if (isWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** The only word. */
  static String one(String text) {
    List<String> words = of(text);
    if (words.size() != 1) {
      throw ErrorCode.INVALID_ARGUMENT.exception("'" + text + "' is not one word: quote it");
    }
    return words.getFirst();
  }

  private static char escaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      default -> c;
    };
  }
}
