package dev.trivet.state.auth;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.Role;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.UserRecord;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.Rows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What everybody may do, at one revision of users and roles. Never changes, and is safe for any
 * thread. All methods say why not, or null: nothing against it.
 *
 * <p>Source: etcd's documentation, "Role-based access control".
 */
public final class AccessRules {
  /** Its user, and the role that may do everything. */
  static final String ROOT = "root";

  /** While the rows are replaced by a snapshot's nobody may do anything. */
  public static final AccessRules CLOSED = new AccessRules(true, true, Long.MAX_VALUE, Map.of());

  private final boolean isEnabled;
  private final boolean isClosed;
  private final long revision;
  private final Map<String, User> users;

  private AccessRules(boolean isEnabled, boolean isClosed, long revision, Map<String, User> users) {
    this.isEnabled = isEnabled;
    this.isClosed = isClosed;
    this.revision = revision;
    this.users = users;
  }

  /** The rules that rows hold. */
  public static AccessRules of(Rows rows) {
    long revision = Counter.AUTH_REVISION.in(rows);
    if (Counter.AUTH_ENABLED.in(rows) == 0) {
      return new AccessRules(false, false, revision, Map.of());
    }
    Map<String, Role> roles = new HashMap<>();
    AuthRows.roles(rows).forEach(role -> roles.put(role.getName().toStringUtf8(), role));
    Map<String, User> users = new HashMap<>();
    for (UserRecord user : AuthRows.users(rows)) {
      users.put(
          user.getName(),
          new User(
              Set.copyOf(user.getRolesList()),
              user.getRolesList().stream().map(roles::get).filter(Objects::nonNull).toList()));
    }
    return new AccessRules(true, false, revision, users);
  }

  /** Whether who asks must say so. */
  public boolean isEnabled() {
    return isEnabled;
  }

  /** Counts the changes of users, roles and permissions. */
  public long revision() {
    return revision;
  }

  /** Whether the user has the role. */
  public boolean hasRole(String user, String role) {
    User known = users.get(user);
    return known != null && known.roleNames.contains(role);
  }

  /** For whatever may only be asked for by who knows the newest users and roles. */
  public @Nullable ErrorCode refuseRevision(Asker asker) {
    if (!isEnabled || isClosed) {
      return isClosed ? ErrorCode.NO_LEADER : null;
    }
    return asker.getAuthRevision() < revision ? ErrorCode.AUTH_REVISION_OLD : null;
  }

  /** For what any user may do. */
  public @Nullable ErrorCode refuseUser(Asker asker) {
    if (!isEnabled || isClosed) {
      return isClosed ? ErrorCode.NO_LEADER : null;
    }
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    return users.containsKey(asker.getUser()) ? null : ErrorCode.PERMISSION_DENIED;
  }

  /** For what needs the role root. As in etcd, an older revision is enough here. */
  public @Nullable ErrorCode refuseRoot(Asker asker) {
    if (!isEnabled || isClosed) {
      return isClosed ? ErrorCode.NO_LEADER : null;
    }
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    User user = users.get(asker.getUser());
    if (user == null) {
      return ErrorCode.USER_NOT_FOUND;
    }
    return user.isRoot() ? null : ErrorCode.PERMISSION_DENIED;
  }

  /** For reading a range of keys, as a request names it. */
  public @Nullable ErrorCode refuseRead(Asker asker, ByteString key, ByteString end) {
    return refuse(asker, Access.READ, key, end);
  }

  /** For writing to a range of keys. */
  public @Nullable ErrorCode refuseWrite(Asker asker, ByteString key, ByteString end) {
    return refuse(asker, Access.WRITE, key, end);
  }

  private enum Access {
    READ,
    WRITE
  }

  private @Nullable ErrorCode refuse(Asker asker, Access access, ByteString key, ByteString end) {
    if (!isEnabled || isClosed) {
      return isClosed ? ErrorCode.NO_LEADER : null;
    }
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    if (asker.getAuthRevision() < revision) {
      return ErrorCode.AUTH_REVISION_OLD;
    }
    User user = users.get(asker.getUser());
    return user != null && (user.isRoot() || user.grants(access).cover(key, end))
        ? null
        : ErrorCode.PERMISSION_DENIED;
  }

  /** What one user may do. Worked out at the first question, by whoever asks it. */
  private static final class User {
    private final Set<String> roleNames;
    private final List<Role> roles;
    private volatile @Nullable Grants reads;
    private volatile @Nullable Grants writes;

    User(Set<String> roleNames, List<Role> roles) {
      this.roleNames = roleNames;
      this.roles = roles;
    }

    boolean isRoot() {
      return roleNames.contains(ROOT);
    }

    Grants grants(Access access) {
      return switch (access) {
        case READ -> reads();
        case WRITE -> writes();
      };
    }

    private Grants reads() {
      Grants known = reads;
      if (known == null) {
        known = of(Permission.Type.READ);
        reads = known;
      }
      return known;
    }

    private Grants writes() {
      Grants known = writes;
      if (known == null) {
        known = of(Permission.Type.WRITE);
        writes = known;
      }
      return known;
    }

    private Grants of(Permission.Type wanted) {
      return Grants.of(
          roles.stream()
              .flatMap(role -> role.getKeyPermissionList().stream())
              .filter(
                  permission ->
                      permission.getPermType() == wanted
                          || permission.getPermType() == Permission.Type.READWRITE)
              .toList());
    }
  }
}
