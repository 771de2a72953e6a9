package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.Compare;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.etcd.RequestOp;
import dev.trivet.proto.etcd.TxnRequest;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.Command;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Users and roles in plain collections, and permissions asked for point by point. */
final class AuthModel {
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  final Map<String, Set<String>> users = new HashMap<>();
  final Map<String, List<Permission>> roles = new HashMap<>();
  boolean isEnabled;
  long revision = 1;

  /** What touches keys, and needs what. */
  private record Touch(Permission.Type type, ByteString key, ByteString end) {}

  /** Why a command may not be applied; null: it may. */
  @Nullable ErrorCode judge(Command command, LongFunction<List<ByteString>> keysOnLease) {
    if (!isEnabled) {
      return null;
    }
    Asker asker = command.getAskedBy();
    return switch (command.getKindCase()) {
      case EXPIRE_DUE, EXPIRE_LEASES, ISSUE_TOKEN, RENEW_TOKEN -> null;
      case PUT, DELETE_RANGE, TXN -> {
        if (asker.getUser().isEmpty()) {
          yield ErrorCode.USER_EMPTY;
        }
        List<Touch> touches = new ArrayList<>();
        RequestOp.Builder operation = RequestOp.newBuilder();
        switch (command.getKindCase()) {
          case PUT -> operation.setRequestPut(command.getPut());
          case DELETE_RANGE -> operation.setRequestDeleteRange(command.getDeleteRange());
          default -> operation.setRequestTxn(command.getTxn());
        }
        collect(operation.build(), keysOnLease, touches);
        yield first(asker, touches);
      }
      case LEASE_GRANT -> user(asker);
      case LEASE_REVOKE, LEASE_RENEW -> {
        ErrorCode stranger = user(asker);
        long id =
            command.hasLeaseRevoke()
                ? command.getLeaseRevoke().getID()
                : command.getLeaseRenew().getID();
        List<Touch> touches = new ArrayList<>();
        collect(id, keysOnLease, touches);
        yield stranger == null && !isRoot(asker) ? first(asker, touches) : stranger;
      }
      default -> admin(asker);
    };
  }

  /** Why somebody may not read a range; null: it may. */
  @Nullable ErrorCode judgeRead(Asker asker, ByteString key, ByteString end) {
    return isEnabled ? keys(asker, new Touch(Permission.Type.READ, key, end)) : null;
  }

  private static void collect(
      long lease, LongFunction<List<ByteString>> keysOnLease, List<Touch> into) {
    keysOnLease
        .apply(lease)
        .forEach(key -> into.add(new Touch(Permission.Type.WRITE, key, ByteString.EMPTY)));
  }

  private static void collect(
      RequestOp operation, LongFunction<List<ByteString>> keysOnLease, List<Touch> into) {
    switch (operation.getRequestCase()) {
      case REQUEST_PUT -> {
        var put = operation.getRequestPut();
        into.add(new Touch(Permission.Type.WRITE, put.getKey(), ByteString.EMPTY));
        collect(put.getLease(), keysOnLease, into);
        if (put.getPrevKv()) {
          into.add(new Touch(Permission.Type.READ, put.getKey(), ByteString.EMPTY));
        }
      }
      case REQUEST_DELETE_RANGE -> {
        var delete = operation.getRequestDeleteRange();
        into.add(new Touch(Permission.Type.WRITE, delete.getKey(), delete.getRangeEnd()));
        if (delete.getPrevKv()) {
          into.add(new Touch(Permission.Type.READ, delete.getKey(), delete.getRangeEnd()));
        }
      }
      case REQUEST_RANGE -> {
        var range = operation.getRequestRange();
        into.add(new Touch(Permission.Type.READ, range.getKey(), range.getRangeEnd()));
      }
      case REQUEST_TXN -> {
        TxnRequest txn = operation.getRequestTxn();
        for (Compare compare : txn.getCompareList()) {
          into.add(new Touch(Permission.Type.READ, compare.getKey(), compare.getRangeEnd()));
        }
        Stream.concat(txn.getSuccessList().stream(), txn.getFailureList().stream())
            .forEach(each -> collect(each, keysOnLease, into));
      }
      case REQUEST_NOT_SET -> {}
    }
  }

  private @Nullable ErrorCode first(Asker asker, List<Touch> touches) {
    for (Touch touch : touches) {
      ErrorCode refusal = keys(asker, touch);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private @Nullable ErrorCode keys(Asker asker, Touch touch) {
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    if (asker.getAuthRevision() < revision) {
      return ErrorCode.AUTH_REVISION_OLD;
    }
    return isRoot(asker) || mayTouch(asker.getUser(), touch) ? null : ErrorCode.PERMISSION_DENIED;
  }

  /** A gap between permissions begins at the end of one, so that is where to look. */
  private boolean mayTouch(String user, Touch touch) {
    List<Permission> given =
        users.getOrDefault(user, Set.of()).stream()
            .flatMap(role -> roles.getOrDefault(role, List.of()).stream())
            .filter(
                each ->
                    each.getPermType() == touch.type
                        || each.getPermType() == Permission.Type.READWRITE)
            .toList();
    ByteString end = endOf(touch.key, touch.end);
    List<ByteString> points = new ArrayList<>(List.of(touch.key));
    boolean isEndless = false;
    for (Permission each : given) {
      ByteString to = endOf(each.getKey(), each.getRangeEnd());
      isEndless |= to == null;
      if (to != null && ORDER.compare(to, touch.key) > 0 && isBelow(to, end)) {
        points.add(to);
      }
    }
    if (end != null && ORDER.compare(end, touch.key) <= 0) {
      return isOneStretch(given, end, touch.key);
    }
    return (end != null || isEndless)
        && points.stream().allMatch(point -> given.stream().anyMatch(each -> holds(each, point)));
  }

  /**
   * For a range that ends before it begins: whether what is given begins before its end, and goes
   * on without a gap beyond its begin.
   */
  private static boolean isOneStretch(List<Permission> given, ByteString low, ByteString high) {
    List<ByteString> points = new ArrayList<>(List.of(high));
    given.stream()
        .map(each -> endOf(each.getKey(), each.getRangeEnd()))
        .filter(to -> to != null && ORDER.compare(to, low) >= 0 && ORDER.compare(to, high) < 0)
        .forEach(points::add);
    return points.stream().allMatch(point -> given.stream().anyMatch(each -> holds(each, point)))
        && given.stream()
            .anyMatch(
                each ->
                    ORDER.compare(each.getKey(), low) < 0
                        && !isBelow(endOf(each.getKey(), each.getRangeEnd()), low));
  }

  private static boolean isBelow(@Nullable ByteString key, @Nullable ByteString end) {
    return key != null && (end == null || ORDER.compare(key, end) < 0);
  }

  private static boolean holds(Permission permission, ByteString key) {
    return ORDER.compare(permission.getKey(), key) <= 0
        && isBelow(key, endOf(permission.getKey(), permission.getRangeEnd()));
  }

  private static @Nullable ByteString endOf(ByteString key, ByteString end) {
    if (end.isEmpty()) {
      return key.concat(ByteString.copyFrom(new byte[1]));
    }
    return end.equals(ByteString.copyFrom(new byte[1])) ? null : end;
  }

  private boolean isRoot(Asker asker) {
    return users.getOrDefault(asker.getUser(), Set.of()).contains("root");
  }

  private @Nullable ErrorCode user(Asker asker) {
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    return users.containsKey(asker.getUser()) ? null : ErrorCode.PERMISSION_DENIED;
  }

  private @Nullable ErrorCode admin(Asker asker) {
    if (asker.getUser().isEmpty()) {
      return ErrorCode.USER_EMPTY;
    }
    if (!users.containsKey(asker.getUser())) {
      return ErrorCode.USER_NOT_FOUND;
    }
    return isRoot(asker) ? null : ErrorCode.PERMISSION_DENIED;
  }

  /** Does a change that is permitted; says why it makes no sense, or null. */
  @Nullable ErrorCode change(Command command) {
    long before = revision++;
    ErrorCode refusal = make(command, before);
    if (refusal != null) {
      revision = before;
    }
    return refusal;
  }

  private @Nullable ErrorCode make(Command command, long before) {
    return switch (command.getKindCase()) {
      case AUTH_ENABLE -> {
        revision = before;
        if (!isEnabled && !users.containsKey("root")) {
          yield ErrorCode.ROOT_USER_NOT_FOUND;
        }
        if (!isEnabled && !users.getOrDefault("root", Set.of()).contains("root")) {
          yield ErrorCode.ROOT_ROLE_NOT_GRANTED;
        }
        isEnabled = true;
        yield null;
      }
      case AUTH_DISABLE -> {
        revision = isEnabled ? revision : before;
        isEnabled = false;
        yield null;
      }
      case ADD_USER -> {
        String name = command.getAddUser().getName();
        yield name.isEmpty()
            ? ErrorCode.USER_EMPTY
            : users.putIfAbsent(name, new TreeSet<>()) == null ? null : ErrorCode.USER_EXISTS;
      }
      case DELETE_USER -> {
        String name = command.getDeleteUser().getName();
        if (isEnabled && name.equals("root")) {
          yield ErrorCode.INVALID_AUTH_MANAGEMENT;
        }
        yield users.remove(name) == null ? ErrorCode.USER_NOT_FOUND : null;
      }
      case CHANGE_PASSWORD ->
          users.containsKey(command.getChangePassword().getName())
              ? null
              : ErrorCode.USER_NOT_FOUND;
      case GRANT_ROLE -> {
        Set<String> granted = users.get(command.getGrantRole().getUser());
        String role = command.getGrantRole().getRole();
        if (granted == null) {
          yield ErrorCode.USER_NOT_FOUND;
        }
        if (!role.equals("root") && !roles.containsKey(role)) {
          yield ErrorCode.ROLE_NOT_FOUND;
        }
        revision = granted.add(role) ? revision : before;
        yield null;
      }
      case REVOKE_ROLE -> {
        String name = command.getRevokeRole().getName();
        String role = command.getRevokeRole().getRole();
        if (isEnabled && name.equals("root") && role.equals("root")) {
          yield ErrorCode.INVALID_AUTH_MANAGEMENT;
        }
        Set<String> granted = users.get(name);
        if (granted == null) {
          yield ErrorCode.USER_NOT_FOUND;
        }
        yield granted.remove(role) ? null : ErrorCode.ROLE_NOT_GRANTED;
      }
      case ADD_ROLE -> {
        String name = command.getAddRole().getName();
        yield name.isEmpty()
            ? ErrorCode.ROLE_EMPTY
            : roles.putIfAbsent(name, new ArrayList<>()) == null ? null : ErrorCode.ROLE_EXISTS;
      }
      case DELETE_ROLE -> {
        String name = command.getDeleteRole().getRole();
        if (isEnabled && name.equals("root")) {
          yield ErrorCode.INVALID_AUTH_MANAGEMENT;
        }
        if (roles.remove(name) == null) {
          yield ErrorCode.ROLE_NOT_FOUND;
        }
        users.values().forEach(granted -> granted.remove(name));
        yield null;
      }
      case GRANT_PERMISSION -> {
        Permission permission = command.getGrantPermission().getPerm();
        ByteString end = endOf(permission.getKey(), permission.getRangeEnd());
        if (!command.getGrantPermission().hasPerm()) {
          yield ErrorCode.PERMISSION_NOT_GIVEN;
        }
        if (permission.getKey().isEmpty()
            || (end != null && ORDER.compare(permission.getKey(), end) >= 0)) {
          yield ErrorCode.INVALID_AUTH_MANAGEMENT;
        }
        List<Permission> given = roles.get(command.getGrantPermission().getName());
        if (given == null) {
          yield ErrorCode.ROLE_NOT_FOUND;
        }
        given.removeIf(each -> isOf(each, permission.getKey(), permission.getRangeEnd()));
        given.add(permission);
        yield null;
      }
      case REVOKE_PERMISSION -> {
        var request = command.getRevokePermission();
        List<Permission> given = roles.get(request.getRole());
        if (given == null) {
          yield ErrorCode.ROLE_NOT_FOUND;
        }
        yield given.removeIf(each -> isOf(each, request.getKey(), request.getRangeEnd()))
            ? null
            : ErrorCode.PERMISSION_NOT_GRANTED;
      }
      default -> throw new IllegalArgumentException("no change: " + command.getKindCase());
    };
  }

  private static boolean isOf(Permission permission, ByteString key, ByteString end) {
    return permission.getKey().equals(key) && permission.getRangeEnd().equals(end);
  }
}
