package dev.trivet.state.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Role;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.proto.snapshot.SnapshotEnd;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Table;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Users and roles as a snapshot has them, passwords included. While they come, authentication is as
 * it was in this cluster.
 */
public final class RestoredUsers {
  private RestoredUsers() {}

  /** Whether this cluster has users or roles already. */
  public static boolean others(EntryContext context) {
    return context.get(Counter.AUTH_USERS) + context.get(Counter.AUTH_ROLES) > 0;
  }

  /** One user; nothing happens when it is there already. */
  public static void user(EntryContext context, byte[] rowKey, byte[] value) {
    UserRecord user;
    try {
      user = UserRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(Table.AUTH_USER, e);
    }
    if (rowKey.length == 0 || !Arrays.equals(rowKey, AuthRows.nameKey(user.getName()))) {
      throw malformed(Table.AUTH_USER, null);
    }
    if (AuthRows.user(context.rows(), user.getName()) == null) {
      context.rows().put(Table.AUTH_USER, rowKey, user.toByteArray());
      context.next(Counter.AUTH_USERS);
    }
  }

  /** One role; nothing happens when it is there already. */
  public static void role(EntryContext context, byte[] rowKey, byte[] value) {
    Role role;
    try {
      role = Role.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(Table.AUTH_ROLE, e);
    }
    if (rowKey.length == 0 || !Arrays.equals(rowKey, role.getName().toByteArray())) {
      throw malformed(Table.AUTH_ROLE, null);
    }
    if (AuthRows.role(context.rows(), role.getName().toStringUtf8()) == null) {
      context.rows().put(Table.AUTH_ROLE, rowKey, role.toByteArray());
      context.next(Counter.AUTH_ROLES);
    }
  }

  /**
   * All users and roles are here. The revision of users never goes back, so that no token which was
   * given before is taken for a newer one.
   */
  public static void end(EntryContext context, SnapshotEnd end) {
    context.set(
        Counter.AUTH_REVISION, Math.max(context.get(Counter.AUTH_REVISION), end.getAuthRevision()));
    if (end.getIsAuthEnabled()) {
      context.set(Counter.AUTH_ENABLED, 1);
    }
  }

  private static TrivetException malformed(Table table, @Nullable Throwable cause) {
    String text = "a row of '" + table.familyName() + "' is malformed";
    return cause == null
        ? ErrorCode.INVALID_ARGUMENT.exception(text)
        : ErrorCode.INVALID_ARGUMENT.exception(text, cause);
  }
}
