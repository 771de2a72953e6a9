package dev.trivet.state.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.trivet.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthUserRevokeRoleRequest;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.Role;
import dev.trivet.proto.log.AddUser;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.ChangePassword;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Changes of users, roles and permissions. Every one that changes something takes a revision of its
 * own, but for switching authentication on, as in etcd.
 *
 * <p>Source: etcd API reference, service Auth.
 */
public final class AuthCommands {
  private static final int MAX_USERS = 10_000;
  private static final int MAX_ROLES = 10_000;
  private static final int MAX_PER_HOLDER = 1_000;
  private static final int MAX_NAME_BYTES = 1_024;

  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final EntryContext context;

  private AuthCommands(EntryContext context) {
    this.context = context;
  }

  /** Whether {@link AccessRules} may be others after a command that was accepted. */
  public static boolean changesRules(Command command) {
    return switch (command.getKindCase()) {
      case AUTH_ENABLE,
          AUTH_DISABLE,
          ADD_USER,
          DELETE_USER,
          CHANGE_PASSWORD,
          GRANT_ROLE,
          REVOKE_ROLE,
          ADD_ROLE,
          DELETE_ROLE,
          GRANT_PERMISSION,
          REVOKE_PERMISSION,
          RESTORE ->
          true;
      default -> false;
    };
  }

  /**
   * Does one of the commands about users, roles and tokens.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static Outcome apply(EntryContext context, Command command) {
    AuthCommands commands = new AuthCommands(context);
    if (changesRules(command) && context.get(Counter.REVISION) == 0) {
      return EntryContext.refuse(ErrorCode.RESTORING);
    }
    try {
      switch (command.getKindCase()) {
        case AUTH_ENABLE -> commands.enable();
        case AUTH_DISABLE -> commands.disable();
        case ADD_USER -> commands.addUser(command.getAddUser());
        case DELETE_USER -> commands.deleteUser(command.getDeleteUser().getName());
        case CHANGE_PASSWORD -> commands.changePassword(command.getChangePassword());
        case GRANT_ROLE -> commands.grantRole(command.getGrantRole());
        case REVOKE_ROLE -> commands.revokeRole(command.getRevokeRole());
        case ADD_ROLE -> commands.addRole(command.getAddRole().getName());
        case DELETE_ROLE -> commands.deleteRole(command.getDeleteRole().getRole());
        case GRANT_PERMISSION -> commands.grantPermission(command.getGrantPermission());
        case REVOKE_PERMISSION -> commands.revokePermission(command.getRevokePermission());
        case ISSUE_TOKEN -> {
          return AuthTokens.issue(context, command.getIssueToken());
        }
        case RENEW_TOKEN -> {
          return AuthTokens.renew(context, command.getRenewToken());
        }
        default -> throw new IllegalArgumentException("not of users: " + command.getKindCase());
      }
    } catch (TrivetException refusal) {
      return EntryContext.refuse(refusal.code(), String.valueOf(refusal.getMessage()));
    }
    return Outcome.newBuilder()
        .setAuth(AuthResult.newBuilder().setRevision(context.get(Counter.REVISION)))
        .build();
  }

  private void enable() {
    if (isEnabled()) {
      return;
    }
    UserRecord root = AuthRows.user(context.rows(), AccessRules.ROOT);
    if (root == null) {
      throw ErrorCode.ROOT_USER_NOT_FOUND.exception();
    }
    if (!root.getRolesList().contains(AccessRules.ROOT)) {
      throw ErrorCode.ROOT_ROLE_NOT_GRANTED.exception();
    }
    context.set(Counter.AUTH_ENABLED, 1);
  }

  private void disable() {
    if (isEnabled()) {
      context.set(Counter.AUTH_ENABLED, 0);
      AuthTokens.endAll(context);
      changed();
    }
  }

  private void addUser(AddUser request) {
    requireName(request.getName(), ErrorCode.USER_EMPTY);
    if (AuthRows.user(context.rows(), request.getName()) != null) {
      throw ErrorCode.USER_EXISTS.exception();
    }
    requireRoom("users", context.get(Counter.AUTH_USERS), MAX_USERS);
    UserRecord.Builder user = UserRecord.newBuilder().setName(request.getName());
    if (request.hasPassword()) {
      user.setPassword(request.getPassword());
    }
    write(user.build());
    context.next(Counter.AUTH_USERS);
    changed();
  }

  private void deleteUser(String name) {
    if (isEnabled() && name.equals(AccessRules.ROOT)) {
      throw ErrorCode.INVALID_AUTH_MANAGEMENT.exception();
    }
    UserRecord user = requireUser(name);
    context.rows().delete(Table.AUTH_USER, AuthRows.nameKey(user.getName()));
    context.set(Counter.AUTH_USERS, context.get(Counter.AUTH_USERS) - 1);
    AuthTokens.endOf(context, name);
    changed();
  }

  private void changePassword(ChangePassword request) {
    UserRecord user = requireUser(request.getName());
    if (user.hasPassword()) {
      write(user.toBuilder().setPassword(request.getPassword()).build());
    }
    AuthTokens.endOf(context, request.getName());
    changed();
  }

  private void grantRole(AuthUserGrantRoleRequest request) {
    UserRecord user = requireUser(request.getUser());
    String role = request.getRole();
    // The role root need not exist to be granted.
    if (!role.equals(AccessRules.ROOT)) {
      var _ = requireRole(role);
    }
    if (user.getRolesList().contains(role)) {
      return;
    }
    requireRoom("roles of a user", user.getRolesCount(), MAX_PER_HOLDER);
    write(
        user.toBuilder()
            .clearRoles()
            .addAllRoles(
                Stream.concat(user.getRolesList().stream(), Stream.of(role)).sorted().toList())
            .build());
    changed();
  }

  private void revokeRole(AuthUserRevokeRoleRequest request) {
    String role = request.getRole();
    if (isEnabled()
        && request.getName().equals(AccessRules.ROOT)
        && role.equals(AccessRules.ROOT)) {
      throw ErrorCode.INVALID_AUTH_MANAGEMENT.exception();
    }
    UserRecord user = requireUser(request.getName());
    if (!user.getRolesList().contains(role)) {
      throw ErrorCode.ROLE_NOT_GRANTED.exception();
    }
    write(without(user, role));
    changed();
  }

  private void addRole(String name) {
    requireName(name, ErrorCode.ROLE_EMPTY);
    if (AuthRows.role(context.rows(), name) != null) {
      throw ErrorCode.ROLE_EXISTS.exception();
    }
    requireRoom("roles", context.get(Counter.AUTH_ROLES), MAX_ROLES);
    write(Role.newBuilder().setName(ByteString.copyFromUtf8(name)).build());
    context.next(Counter.AUTH_ROLES);
    changed();
  }

  private void deleteRole(String name) {
    if (isEnabled() && name.equals(AccessRules.ROOT)) {
      throw ErrorCode.INVALID_AUTH_MANAGEMENT.exception();
    }
    var _ = requireRole(name);
    context.rows().delete(Table.AUTH_ROLE, AuthRows.nameKey(name));
    context.set(Counter.AUTH_ROLES, context.get(Counter.AUTH_ROLES) - 1);
    for (UserRecord user : AuthRows.users(context.rows())) {
      if (user.getRolesList().contains(name)) {
        write(without(user, name));
      }
    }
    changed();
  }

  private void grantPermission(AuthRoleGrantPermissionRequest request) {
    if (!request.hasPerm()) {
      throw ErrorCode.PERMISSION_NOT_GIVEN.exception();
    }
    Permission permission = request.getPerm();
    if (!isValid(permission)) {
      throw ErrorCode.INVALID_AUTH_MANAGEMENT.exception();
    }
    Role role = requireRole(request.getName());
    List<Permission> permissions =
        new ArrayList<>(without(role, permission.getKey(), permission.getRangeEnd()));
    requireRoom("permissions of a role", permissions.size(), MAX_PER_HOLDER);
    permissions.add(permission);
    permissions.sort(Comparator.comparing(Permission::getKey, ORDER));
    write(role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build());
    changed();
  }

  private void revokePermission(AuthRoleRevokePermissionRequest request) {
    Role role = requireRole(request.getRole());
    List<Permission> left = without(role, request.getKey(), request.getRangeEnd());
    if (left.size() == role.getKeyPermissionCount()) {
      throw ErrorCode.PERMISSION_NOT_GRANTED.exception();
    }
    write(role.toBuilder().clearKeyPermission().addAllKeyPermission(left).build());
    changed();
  }

  private static boolean isValid(Permission permission) {
    ByteString end = permission.getRangeEnd();
    return permission.getPermType() != Permission.Type.UNRECOGNIZED
        && !permission.getKey().isEmpty()
        && (end.isEmpty() || end.equals(ZERO) || ORDER.compare(permission.getKey(), end) < 0);
  }

  private static List<Permission> without(Role role, ByteString key, ByteString end) {
    return role.getKeyPermissionList().stream()
        .filter(
            permission -> !permission.getKey().equals(key) || !permission.getRangeEnd().equals(end))
        .toList();
  }

  private static UserRecord without(UserRecord user, String role) {
    return user.toBuilder()
        .clearRoles()
        .addAllRoles(user.getRolesList().stream().filter(each -> !each.equals(role)).toList())
        .build();
  }

  private boolean isEnabled() {
    return context.get(Counter.AUTH_ENABLED) != 0;
  }

  private void changed() {
    context.next(Counter.AUTH_REVISION);
  }

  private UserRecord requireUser(String name) {
    UserRecord user = AuthRows.user(context.rows(), name);
    if (user == null) {
      throw ErrorCode.USER_NOT_FOUND.exception();
    }
    return user;
  }

  private Role requireRole(String name) {
    Role role = AuthRows.role(context.rows(), name);
    if (role == null) {
      throw ErrorCode.ROLE_NOT_FOUND.exception();
    }
    return role;
  }

  private static void requireName(String name, ErrorCode ifEmpty) {
    if (name.isEmpty()) {
      throw ifEmpty.exception();
    }
    int bytes = AuthRows.nameKey(name).length;
    if (bytes > MAX_NAME_BYTES) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "a name of %d bytes, at most %d are allowed".formatted(bytes, MAX_NAME_BYTES));
    }
  }

  private static void requireRoom(String what, long count, int most) {
    if (count >= most) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "there are %d %s already, and no more may be".formatted(count, what));
    }
  }

  private void write(UserRecord user) {
    context.rows().put(Table.AUTH_USER, AuthRows.nameKey(user.getName()), user.toByteArray());
  }

  private void write(Role role) {
    context.rows().put(Table.AUTH_ROLE, role.getName().toByteArray(), role.toByteArray());
  }
}
