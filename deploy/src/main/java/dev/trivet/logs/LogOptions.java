package dev.trivet.logs;

import org.slf4j.event.Level;

/**
 * How this process logs. One for the process, as standard error is; set once, before the first
 * event.
 *
 * @param node in every line; empty before it is known
 */
public record LogOptions(Format format, Level level, String node) {
  /** What a line looks like. */
  public enum Format {
    text,
    json
  }

  private static volatile LogOptions current = new LogOptions(Format.text, Level.INFO, "");

  /** Has all later events logged so. */
  public void use() {
    current = this;
  }

  static LogOptions current() {
    return current;
  }

  /** Ratis and what it brings tell each request at info: theirs are taken for one step less. */
  boolean logs(String logger, Level event) {
    return event.toInt() >= (isForeign(logger) ? raised(level) : level).toInt();
  }

  /** Whether an event is told without its stack. */
  boolean isBrief(String logger, Level event) {
    return event == Level.WARN && isToldOnce(logger);
  }

  /**
   * Whether an event is not told again and again. A node whose disk is gone answers each entry with
   * an error of Ratis's.
   */
  boolean isToldOnce(String logger) {
    return isForeign(logger) && !logs(logger, Level.INFO);
  }

  private static boolean isForeign(String logger) {
    return !logger.startsWith("dev.trivet.");
  }

  private static Level raised(Level level) {
    return switch (level) {
      case TRACE -> Level.DEBUG;
      case DEBUG -> Level.INFO;
      case INFO, WARN -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }
}
