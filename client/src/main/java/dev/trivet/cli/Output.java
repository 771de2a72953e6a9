package dev.trivet.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.errors.ErrorCode;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The option {@code -o} and what it means: a table for people, or one line of JSON per message for
 * programs, in the form of etcd's JSON gateway (bytes in base64).
 */
final class Output {
  enum Format {
    table,
    json
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

  boolean isJson() {
    return format == Format.json;
  }

  /** Where tables go. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  void message(MessageOrBuilder message) {
    try {
      line(json.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw ErrorCode.INTERNAL.exception("cannot print an answer as JSON", e);
    }
  }

  /** What was done and has no answer of its own: as JSON an empty object. */
  void done(String text) {
    line(isJson() ? "{}" : text);
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
