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

  /** Ratis and what it brings tell each request at info. */
  boolean logs(String logger, Level event) {
    boolean isForeign = !logger.startsWith("dev.trivet.");
    Level least = isForeign && level.toInt() < Level.WARN.toInt() ? Level.WARN : level;
    return event.toInt() >= least.toInt();
  }
}
