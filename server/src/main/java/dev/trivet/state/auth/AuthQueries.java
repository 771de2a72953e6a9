package dev.trivet.state.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.store.Rows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of users and roles. */
public final class AuthQueries {
  private static final Permission EVERYTHING =
      Permission.newBuilder()
          .setPermType(Permission.Type.READWRITE)
          .setRangeEnd(ByteString.copyFrom(new byte[1]))
          .build();

  private AuthQueries() {}

  /** What is kept of a user's password; null when there is no such user, or it has none. */
  public static @Nullable HashedPassword passwordOf(Rows rows, String user) {
    UserRecord known = AuthRows.user(rows, user);
    return known == null || !known.hasPassword() ? null : known.getPassword();
  }

  /**
   * A user's roles, sorted.
   *
   * @throws dev.trivet.errors.TrivetException USER_NOT_FOUND
   */
  public static List<String> rolesOf(Rows rows, String user) {
    UserRecord known = AuthRows.user(rows, user);
    if (known == null) {
      throw ErrorCode.USER_NOT_FOUND.exception();
    }
    return known.getRolesList();
  }

  /**
   * A role's permissions, by key.
   *
   * @throws dev.trivet.errors.TrivetException ROLE_NOT_FOUND
   */
  public static List<Permission> permissionsOf(Rows rows, String role) {
    var known = AuthRows.role(rows, role);
    if (known == null) {
      throw ErrorCode.ROLE_NOT_FOUND.exception();
    }
    return role.equals(AccessRules.ROOT) ? List.of(EVERYTHING) : known.getKeyPermissionList();
  }

  /** The names of all users, sorted. */
  public static List<String> users(Rows rows) {
    return AuthRows.users(rows).stream().map(UserRecord::getName).toList();
  }

  /** The names of all roles, sorted. */
  public static List<String> roles(Rows rows) {
    return AuthRows.roles(rows).stream().map(role -> role.getName().toStringUtf8()).toList();
  }
}
