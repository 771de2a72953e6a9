package dev.trivet.logs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One event.
 *
 * <p>As JSON the keys are {@code time} (UTC, milliseconds), {@code level}, {@code node}, {@code
 * event}, {@code logger}, {@code message}, and {@code error} if there is one. As text: time, level,
 * node, logger, message, and the stack on the same line.
 *
 * <p>The event's id is made of the logger and the fixed words of the message, so it stays the same
 * whatever the values are: "took leadership in term {}" of LeaderDuties is {@code
 * LeaderDuties.took-leadership-in-term}.
 */
record LogLine(
    Instant time,
    Level level,
    String node,
    String logger,
    String template,
    String message,
    String error) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z0-9]+");
  private static final int LONGEST_ID = 60;

  String format(LogOptions.Format format) {
    return format == LogOptions.Format.json ? json() : text();
  }

  private String text() {
    StringBuilder line = new StringBuilder();
    line.append(TIME.format(time)).append(' ').append("%-5s".formatted(level)).append(' ');
    if (!node.isEmpty()) {
      line.append(node).append(' ');
    }
    line.append(shortName()).append(' ').append(oneLine(message));
    if (!error.isEmpty()) {
      line.append(" | ").append(oneLine(error));
    }
    return line.toString();
  }

  private String json() {
    StringBuilder line = new StringBuilder("{");
    field(line, "time", TIME.format(time));
    field(line.append(','), "level", level.toString());
    field(line.append(','), "node", node);
    field(line.append(','), "event", id());
    field(line.append(','), "logger", logger);
    field(line.append(','), "message", message);
    if (!error.isEmpty()) {
      field(line.append(','), "error", error);
    }
    return line.append('}').toString();
  }

  String id() {
    String slug =
        NO_LETTERS
            .matcher(template.toLowerCase(Locale.ROOT))
            .replaceAll("-")
            .replaceAll("^-|-$", "");
    return shortName() + "." + slug.substring(0, Math.min(slug.length(), LONGEST_ID));
  }

  private String shortName() {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  /**
   * What a line says of an error: it and its causes, and unless it is to be brief where they were
   * thrown. Empty when there is none.
   */
  static String told(@Nullable Throwable error, boolean isBrief) {
    StringBuilder stack = new StringBuilder();
    for (Throwable at = error; at != null; at = at.getCause()) {
      stack.append(stack.isEmpty() ? "" : "\ncaused by ").append(at);
      if (!isBrief) {
        for (StackTraceElement frame : at.getStackTrace()) {
          stack.append("\n  at ").append(frame);
        }
      }
    }
    return stack.toString();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*[\\r\\n]+\\s*", " | ");
  }

  private static void field(StringBuilder line, String key, String value) {
    line.append('"').append(key).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (c < ' ') {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }
}
