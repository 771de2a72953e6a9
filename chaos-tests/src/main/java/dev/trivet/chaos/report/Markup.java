package dev.trivet.chaos.report;

import java.util.Locale;

/** Text and numbers as HTML and SVG have them. */
final class Markup {
  private Markup() {}

  /** Safe between tags and in attributes; what XML cannot hold becomes a question mark. */
  static String text(Object value) {
    StringBuilder safe = new StringBuilder();
    value
        .toString()
        .codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isXml(point) ? point : '?');
              }
            });
    return safe.toString();
  }

  private static boolean isXml(int point) {
    return point == '\t'
        || point == '\n'
        || (point >= 0x20 && point < 0xD800)
        || (point > 0xDFFF && point < 0xFFFE)
        || point > 0xFFFF;
  }

  /** With one digit after the point, in any locale. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
