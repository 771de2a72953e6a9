package dev.trivet.state.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.trivet.proto.etcd.Role;
import dev.trivet.proto.log.TokenRecord;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of users, roles and tokens. */
final class AuthRows {
  private AuthRows() {}

  static byte[] nameKey(String name) {
    return name.getBytes(UTF_8);
  }

  static byte[] tokenKey(long id) {
    return ByteBuffer.allocate(8).putLong(id).array();
  }

  static @Nullable UserRecord user(Rows rows, String name) {
    return find(rows, Table.AUTH_USER, nameKey(name), UserRecord.parser());
  }

  static @Nullable Role role(Rows rows, String name) {
    return find(rows, Table.AUTH_ROLE, nameKey(name), Role.parser());
  }

  static @Nullable TokenRecord token(Rows rows, long id) {
    return find(rows, Table.AUTH_TOKEN, tokenKey(id), TokenRecord.parser());
  }

  /** By name. */
  static List<UserRecord> users(Rows rows) {
    return all(rows, Table.AUTH_USER, UserRecord.parser());
  }

  /** By name. */
  static List<Role> roles(Rows rows) {
    return all(rows, Table.AUTH_ROLE, Role.parser());
  }

  /** By id. */
  static List<TokenRecord> tokens(Rows rows) {
    return all(rows, Table.AUTH_TOKEN, TokenRecord.parser());
  }

  private static <M> @Nullable M find(Rows rows, Table table, byte[] key, Parser<M> parser) {
    byte[] row = rows.get(table, key);
    return row == null ? null : parse(table, row, parser);
  }

  private static <M> List<M> all(Rows rows, Table table, Parser<M> parser) {
    List<M> found = new ArrayList<>();
    try (Cursor cursor = rows.scan(table, new byte[0], null)) {
      while (cursor.next()) {
        found.add(parse(table, cursor.value(), parser));
      }
    }
    return found;
  }

  private static <M> M parse(Table table, byte[] row, Parser<M> parser) {
    try {
      return parser.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a row of " + table + " cannot be read", e);
    }
  }
}
