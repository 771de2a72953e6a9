package dev.trivet.api.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;

/**
 * Messages as JSON and back, as etcd's gateway has them: proto names, 64-bit numbers as strings,
 * zeroes left out; what is read may also have lowerCamel names, numbers, and unknown fields.
 */
final class JsonText {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser STRICT = JsonFormat.parser();
  private static final JsonFormat.Parser LENIENT = STRICT.ignoringUnknownFields();

  private JsonText() {}

  static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer of etcd's API has a JSON form", e);
    }
  }

  /**
   * Reads one message; white space alone is the empty one.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when the text is no JSON of such a
   *     message
   */
  @SuppressWarnings("unchecked") // A builder builds what it was made from.
  static <Q extends Message> Q parse(String text, Q form) {
    if (text.isBlank()) {
      return form;
    }
    try {
      return (Q) merge(STRICT, text, form);
    } catch (InvalidProtocolBufferException e) {
      // The lenient parser would take an enum's unknown name for its zero: another comparison.
      if (String.valueOf(e.getMessage()).startsWith("Invalid enum value")) {
        throw malformed(e);
      }
    }
    try {
      return (Q) merge(LENIENT, text, form);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(e);
    }
  }

  private static Message merge(JsonFormat.Parser parser, String text, Message form)
      throws InvalidProtocolBufferException {
    Message.Builder builder = form.newBuilderForType();
    parser.merge(text, builder);
    return builder.build();
  }

  private static TrivetException malformed(InvalidProtocolBufferException cause) {
    return ErrorCode.INVALID_ARGUMENT.exception(
        "no JSON of this request: " + cause.getMessage(), cause);
  }
}
