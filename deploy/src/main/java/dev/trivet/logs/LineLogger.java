package dev.trivet.logs;

import java.io.Serial;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes lines to standard error; one call, one line, whatever the threads. Foreign code warns of
 * what is normal here, with the whole stack and for each message: unless one wants to hear its
 * details, its warnings have no stack, and neither they nor its errors are repeated.
 */
final class LineLogger extends LegacyAbstractLogger {
  @Serial private static final long serialVersionUID = 1;

  private final transient Repeats repeats = new Repeats();

  LineLogger(String name) {
    this.name = name;
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      @Nullable String template,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    LogOptions options = LogOptions.current();
    String words = template == null ? "" : template;
    String formatted = MessageFormatter.basicArrayFormat(words, arguments);
    String message = formatted == null ? "" : formatted;
    if (options.isToldOnce(name)) {
      OptionalLong heldBack = repeats.toTell(message, System.nanoTime());
      if (heldBack.isEmpty()) {
        return;
      }
      if (heldBack.getAsLong() > 0) {
        message += " (and %d more like it before)".formatted(heldBack.getAsLong());
      }
    }
    LogLine line =
        new LogLine(
            Instant.now(),
            level,
            options.node(),
            name,
            words,
            message,
            LogLine.told(error, options.isBrief(name, level)));
    System.err.println(line.format(options.format()));
  }

  @Override
  public boolean isTraceEnabled() {
    return LogOptions.current().logs(name, Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return LogOptions.current().logs(name, Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return LogOptions.current().logs(name, Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return LogOptions.current().logs(name, Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }
}
