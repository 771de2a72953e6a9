package dev.trivet.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.errors.ErrorCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The option {@code -o} and what it means: a table for people; JSON, one message a line, or YAML
 * for programs, both in the form of etcd's JSON gateway (bytes in base64); or the bare values for
 * scripts, one a line.
 */
final class Output {
  enum Format {
    table,
    json,
    yaml,
    value
  }

  private final JsonFormat.Printer json =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Format format = Format.table;

  private boolean hasPrinted;

  /** Whether {@link #message} is to be called: for JSON and for YAML. */
  boolean isJson() {
    return format == Format.json || format == Format.yaml;
  }

  boolean isValue() {
    return format == Format.value;
  }

  /** Prints what the command found, in the form that was asked for. */
  void show(
      Supplier<? extends MessageOrBuilder> message, Supplier<List<String>> values, Runnable table) {
    switch (format) {
      case json, yaml -> message(message.get());
      case value -> values.get().forEach(this::line);
      case table -> table.run();
    }
  }

  /** Where tables go. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Standard error, for progress and hints. */
  void hint(String text) {
    command.commandLine().getErr().println(text);
    command.commandLine().getErr().flush();
  }

  void message(MessageOrBuilder message) {
    try {
      String text = json.print(message);
      if (format == Format.yaml) {
        if (hasPrinted) {
          line("---");
        }
        hasPrinted = true;
        out().print(Yaml.of(text));
        out().flush();
      } else {
        line(text);
      }
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.INTERNAL.exception("cannot print an answer as JSON", e);
    }
  }

  /** Where something goes on now: as value the path alone. */
  void place(String what, Path path) {
    show(
        () ->
            Struct.newBuilder()
                .putFields("path", Value.newBuilder().setStringValue(path.toString()).build())
                .build(),
        () -> List.of(path.toString()),
        () -> line(what + path));
  }

  /** What was done and has no answer of its own: as JSON an empty object, as value nothing. */
  void done(String text) {
    switch (format) {
      case json, yaml -> message(Struct.getDefaultInstance());
      case value -> {}
      case table -> line(text);
    }
  }

  /** A line; flushed, as a program may wait for it. */
  void line(String text) {
    out().println(text);
    out().flush();
  }

  /** Bytes as text; what is no UTF-8 shows as the replacement character. */
  static String text(ByteString bytes) {
    return bytes.toStringUtf8();
  }
}
