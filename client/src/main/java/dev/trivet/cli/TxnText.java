package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.Compares;
import dev.trivet.client.Operations;
import dev.trivet.client.Query;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Transactions as text, in the form that etcdctl's {@code txn} reads: lines of compares, an empty
 * line, operations, an empty line, operations for the other case.
 */
final class TxnText {
  private static final Pattern COMPARE =
      Pattern.compile("\\s*(\\w+)\\s*\\(\\s*(.+?)\\s*\\)\\s*(!=|=|<|>)\\s*(.+?)\\s*");

  private TxnText() {}

  static TxnRequest parse(String text) {
    List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    for (String line : text.lines().toList()) {
      if (line.isBlank()) {
        parts.add(new ArrayList<>());
      } else {
        parts.getLast().add(line);
      }
    }
    while (parts.size() > 3 && parts.getLast().isEmpty()) {
      parts.removeLast();
    }
    if (parts.size() > 3) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a transaction has 3 parts with an empty line between, got " + parts.size());
    }
    while (parts.size() < 3) {
      parts.add(List.of());
    }
    return of(parts.get(0), parts.get(1), parts.get(2));
  }

  static TxnRequest of(List<String> compares, List<String> operations, List<String> others) {
    return TxnRequest.newBuilder()
        .addAllCompare(compares.stream().map(TxnText::compare).toList())
        .addAllSuccess(operations.stream().map(TxnText::operation).toList())
        .addAllFailure(others.stream().map(TxnText::operation).toList())
        .build();
  }

  private static Compare compare(String text) {
    Matcher matcher = COMPARE.matcher(text);
    if (!matcher.matches()) {
      throw wrong(text, "a compare is as mod(\"KEY\") = \"5\"");
    }
    ByteString key = bytes(Words.one(matcher.group(2)));
    String sign = matcher.group(3);
    String value = Words.one(matcher.group(4));
    return switch (matcher.group(1)) {
      case "mod", "mod_revision" -> is(Compares.modRevision(key), sign, number(text, value));
      case "create", "c", "create_revision" ->
          is(Compares.createRevision(key), sign, number(text, value));
      case "version", "ver" -> is(Compares.version(key), sign, number(text, value));
      case "lease" -> is(Compares.lease(key), sign, LeaseIds.parse(value));
      case "value", "val" -> is(Compares.value(key), sign, bytes(value));
      default -> throw wrong(text, "compare mod, create, version, lease or value");
    };
  }

  private static <T> Compare is(Compares.Of<T> side, String sign, T value) {
    return switch (sign) {
      case "=" -> side.equalTo(value);
      case "!=" -> side.notEqualTo(value);
      case "<" -> side.lessThan(value);
      default -> side.greaterThan(value);
    };
  }

  private static RequestOp operation(String text) {
    List<String> words = Words.of(text);
    List<String> plain = words.stream().filter(word -> !word.startsWith("--")).toList();
    List<String> flags = words.stream().filter(word -> word.startsWith("--")).toList();
    boolean isPrefix = flags.contains("--prefix");
    boolean isFromKey = flags.contains("--from-key");
    if (plain.size() < 2 || plain.size() > 3) {
      throw wrong(text, "an operation is put KEY VALUE, get KEY [END] or del KEY [END]");
    }
    String key = plain.get(1);
    String end = plain.size() == 3 ? plain.get(2) : "";
    return switch (plain.getFirst()) {
      case "put" -> put(text, plain, flags);
      case "get" -> {
        requireKnown(text, flags, List.of("--prefix", "--from-key"));
        KeyOptions keys = KeyOptions.of(key, end, isPrefix, isFromKey);
        yield Operations.get(
            keys.isOneKey() ? Query.key(keys.first()) : Query.range(keys.first(), keys.end()));
      }
      case "del", "delete" -> {
        requireKnown(text, flags, List.of("--prefix", "--from-key", "--prev-kv"));
        KeyOptions keys = KeyOptions.of(key, end, isPrefix, isFromKey);
        yield Operations.delete(
            DeleteRangeRequest.newBuilder()
                .setKey(keys.first())
                .setRangeEnd(keys.end())
                .setPrevKv(flags.contains("--prev-kv"))
                .build());
      }
      default -> throw wrong(text, "an operation is put, get or del");
    };
  }

  private static RequestOp put(String text, List<String> plain, List<String> flags) {
    if (plain.size() != 3) {
      throw wrong(text, "put needs KEY and VALUE");
    }
    PutRequest.Builder put =
        PutRequest.newBuilder().setKey(bytes(plain.get(1))).setValue(bytes(plain.get(2)));
    for (String flag : flags) {
      if (flag.startsWith("--lease=")) {
        put.setLease(LeaseIds.parse(flag.substring("--lease=".length())));
      } else if (flag.equals("--prev-kv")) {
        put.setPrevKv(true);
      } else {
        throw wrong(text, "put knows --lease=ID and --prev-kv");
      }
    }
    return Operations.put(put.build());
  }

  private static void requireKnown(String text, List<String> flags, List<String> known) {
    if (!known.containsAll(flags)) {
      throw wrong(text, "known here are " + String.join(", ", known));
    }
  }

  private static long number(String text, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "'" + text + "' compares with a number, got '" + value + "'", e);
    }
  }

  private static TrivetException wrong(String text, String allowed) {
    return ErrorCode.INVALID_ARGUMENT.exception("'" + text + "' cannot be read: " + allowed);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
