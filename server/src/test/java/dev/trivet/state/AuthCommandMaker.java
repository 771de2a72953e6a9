package dev.trivet.state;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.AuthDisableRequest;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthRoleAddRequest;
import dev.trivet.proto.etcd.AuthRoleDeleteRequest;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.trivet.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.trivet.proto.etcd.AuthUserDeleteRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthUserRevokeRoleRequest;
import dev.trivet.proto.etcd.Permission;
import dev.trivet.proto.log.AddUser;
import dev.trivet.proto.log.Asker;
import dev.trivet.proto.log.ChangePassword;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.proto.log.IssueToken;
import dev.trivet.proto.log.RenewToken;
import java.util.List;
import java.util.Random;

/** Random commands about users, roles and tokens, and askers for commands about keys. */
final class AuthCommandMaker {
  private static final List<String> USERS = List.of("root", "alice", "bob", "carol");
  private static final List<String> ROLES = List.of("root", "r", "s");

  private final Random random;
  private final RequestMaker requests;

  AuthCommandMaker(Random random) {
    this.random = random;
    this.requests = new RequestMaker(random);
  }

  /** Mostly somebody whose token is as new as the revision. */
  Command asked(Command command, long revision) {
    if (random.nextInt(12) == 0) {
      return command;
    }
    return command.toBuilder()
        .setAskedBy(
            Asker.newBuilder()
                .setUser(random.nextInt(3) == 0 ? "alice" : user())
                .setAuthRevision(random.nextInt(12) == 0 ? revision - 1 : revision))
        .build();
  }

  /** What a program begins with, so that authentication is soon on. */
  List<Command> beginning() {
    return List.of(
        Command.newBuilder().setAddUser(AddUser.newBuilder().setName("root")).build(),
        Command.newBuilder()
            .setGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root"))
            .build(),
        Command.newBuilder().setAddUser(withPassword("alice")).build(),
        Command.newBuilder().setAddUser(withPassword("bob")).build(),
        Command.newBuilder().setAddRole(AuthRoleAddRequest.newBuilder().setName("r")).build(),
        Command.newBuilder()
            .setGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("alice").setRole("r"))
            .build(),
        Command.newBuilder().setGrantPermission(permission("r")).build(),
        Command.newBuilder().setGrantPermission(permission("r")).build(),
        Command.newBuilder().setAuthEnable(AuthEnableRequest.getDefaultInstance()).build());
  }

  Command change() {
    Command.Builder command = Command.newBuilder();
    switch (random.nextInt(24)) {
      case 0 -> command.setAuthEnable(AuthEnableRequest.getDefaultInstance());
      case 1 -> command.setAuthDisable(AuthDisableRequest.getDefaultInstance());
      case 2, 3 -> command.setAddUser(withPassword(random.nextInt(9) == 0 ? "" : user()));
      case 4 -> command.setDeleteUser(AuthUserDeleteRequest.newBuilder().setName(user()));
      case 5 ->
          command.setChangePassword(
              ChangePassword.newBuilder().setName(user()).setPassword(password()));
      case 6, 7, 8 ->
          command.setGrantRole(
              AuthUserGrantRoleRequest.newBuilder().setUser(user()).setRole(role()));
      case 9, 10 ->
          command.setRevokeRole(
              AuthUserRevokeRoleRequest.newBuilder().setName(user()).setRole(role()));
      case 11, 12 ->
          command.setAddRole(
              AuthRoleAddRequest.newBuilder().setName(random.nextInt(9) == 0 ? "" : role()));
      case 13 -> command.setDeleteRole(AuthRoleDeleteRequest.newBuilder().setRole(role()));
      case 14, 15, 16, 17, 18, 19, 20, 21 -> {
        AuthRoleGrantPermissionRequest.Builder grant = permission(role()).toBuilder();
        command.setGrantPermission(random.nextInt(20) == 0 ? grant.clearPerm() : grant);
      }
      default ->
          command.setRevokePermission(
              AuthRoleRevokePermissionRequest.newBuilder()
                  .setRole(role())
                  .setKey(ByteString.copyFromUtf8(requests.key()))
                  .setRangeEnd(ByteString.copyFromUtf8(requests.end())));
    }
    return command.build();
  }

  private AuthRoleGrantPermissionRequest permission(String role) {
    return AuthRoleGrantPermissionRequest.newBuilder()
        .setName(role)
        .setPerm(
            Permission.newBuilder()
                .setPermTypeValue(random.nextInt(3))
                .setKey(ByteString.copyFromUtf8(requests.key()))
                .setRangeEnd(ByteString.copyFromUtf8(requests.end())))
        .build();
  }

  /** Salts are few, so that tokens are given now and then. */
  Command token() {
    return random.nextInt(3) == 0
        ? Command.newBuilder()
            .setRenewToken(RenewToken.newBuilder().setId(1 + random.nextInt(12)))
            .build()
        : Command.newBuilder()
            .setIssueToken(
                IssueToken.newBuilder()
                    .setUser(user())
                    .setSalt(password().getSalt())
                    .setSecret("abcdefghijklmnop"))
            .build();
  }

  private AddUser withPassword(String name) {
    AddUser.Builder user = AddUser.newBuilder().setName(name);
    return random.nextInt(4) == 0 ? user.build() : user.setPassword(password()).build();
  }

  private HashedPassword password() {
    return HashedPassword.newBuilder()
        .setSalt(ByteString.copyFromUtf8("salt" + random.nextInt(2)))
        .setHash(ByteString.copyFromUtf8("hash"))
        .build();
  }

  private String user() {
    return USERS.get(random.nextInt(USERS.size()));
  }

  /** A user, or nobody. */
  String anybody() {
    return random.nextInt(8) == 0 ? "" : user();
  }

  private String role() {
    return ROLES.get(random.nextInt(ROLES.size()));
  }
}
