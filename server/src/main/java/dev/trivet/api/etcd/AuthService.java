package dev.trivet.api.etcd;

import dev.trivet.api.auth.Authentication;
import dev.trivet.api.auth.Caller;
import dev.trivet.api.edge.Calls;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.AuthDisableRequest;
import dev.trivet.proto.etcd.AuthDisableResponse;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthEnableResponse;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthRoleAddRequest;
import dev.trivet.proto.etcd.AuthRoleAddResponse;
import dev.trivet.proto.etcd.AuthRoleDeleteRequest;
import dev.trivet.proto.etcd.AuthRoleDeleteResponse;
import dev.trivet.proto.etcd.AuthRoleGetRequest;
import dev.trivet.proto.etcd.AuthRoleGetResponse;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionResponse;
import dev.trivet.proto.etcd.AuthRoleListRequest;
import dev.trivet.proto.etcd.AuthRoleListResponse;
import dev.trivet.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.trivet.proto.etcd.AuthRoleRevokePermissionResponse;
import dev.trivet.proto.etcd.AuthStatusRequest;
import dev.trivet.proto.etcd.AuthStatusResponse;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserAddResponse;
import dev.trivet.proto.etcd.AuthUserChangePasswordRequest;
import dev.trivet.proto.etcd.AuthUserChangePasswordResponse;
import dev.trivet.proto.etcd.AuthUserDeleteRequest;
import dev.trivet.proto.etcd.AuthUserDeleteResponse;
import dev.trivet.proto.etcd.AuthUserGetRequest;
import dev.trivet.proto.etcd.AuthUserGetResponse;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleResponse;
import dev.trivet.proto.etcd.AuthUserListRequest;
import dev.trivet.proto.etcd.AuthUserListResponse;
import dev.trivet.proto.etcd.AuthUserRevokeRoleRequest;
import dev.trivet.proto.etcd.AuthUserRevokeRoleResponse;
import dev.trivet.proto.etcd.AuthenticateRequest;
import dev.trivet.proto.etcd.AuthenticateResponse;
import dev.trivet.proto.etcd.ResponseHeader;
import dev.trivet.proto.log.AddUser;
import dev.trivet.proto.log.AuthResult;
import dev.trivet.proto.log.ChangePassword;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.HashedPassword;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.auth.AuthQueries;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * etcd's service Auth.
 *
 * <p>Changes are judged and made in the log. A password is hashed here; the log never holds it.
 *
 * <p>Source: etcd API reference, service Auth.
 */
public final class AuthService extends AuthGrpc.AuthImplBase {
  private final CommandLog log;
  private final Store store;
  private final Headers headers;
  private final Authentication authentication;

  /**
   * @param log signs what is proposed with the caller's name
   */
  public AuthService(CommandLog log, Store store, Headers headers, Authentication authentication) {
    this.log = log;
    this.store = store;
    this.headers = headers;
    this.authentication = authentication;
  }

  @Override
  public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> observer) {
    change(
        observer,
        Command.newBuilder().setAuthEnable(request),
        header -> AuthEnableResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void authDisable(
      AuthDisableRequest request, StreamObserver<AuthDisableResponse> observer) {
    change(
        observer,
        Command.newBuilder().setAuthDisable(request),
        header -> AuthDisableResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
    read(
        observer,
        (view, header) ->
            AuthStatusResponse.newBuilder()
                .setHeader(header)
                .setEnabled(Counter.AUTH_ENABLED.in(view) != 0)
                .setAuthRevision(Counter.AUTH_REVISION.in(view))
                .build());
  }

  @Override
  public void authenticate(
      AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          AuthResult given = authentication.authenticate(request.getName(), request.getPassword());
          return AuthenticateResponse.newBuilder()
              .setHeader(headers.of(given.getRevision()))
              .setToken(given.getToken())
              .build();
        });
  }

  @Override
  public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> observer) {
    Function<ResponseHeader, AuthUserAddResponse> answer =
        header -> AuthUserAddResponse.newBuilder().setHeader(header).build();
    AddUser.Builder user = AddUser.newBuilder().setName(request.getName());
    if (request.getOptions().getNoPassword()) {
      change(observer, Command.newBuilder().setAddUser(user), answer);
    } else {
      change(
          observer,
          newPassword(request)
              .thenApply(hashed -> Command.newBuilder().setAddUser(user.setPassword(hashed))),
          answer);
    }
  }

  /** Unlike etcd, which hashes an empty password instead, one may be given that is hashed. */
  private CompletableFuture<HashedPassword> newPassword(AuthUserAddRequest request) {
    return request.getPassword().isEmpty() && !request.getHashedPassword().isEmpty()
        ? hashedElsewhere(request.getHashedPassword())
        : authentication.passwords().hash(request.getPassword());
  }

  @Override
  public void userChangePassword(
      AuthUserChangePasswordRequest request,
      StreamObserver<AuthUserChangePasswordResponse> observer) {
    change(
        observer,
        newPassword(request)
            .thenApply(
                hashed ->
                    Command.newBuilder()
                        .setChangePassword(
                            ChangePassword.newBuilder()
                                .setName(request.getName())
                                .setPassword(hashed))),
        header -> AuthUserChangePasswordResponse.newBuilder().setHeader(header).build());
  }

  /** As in etcd, an empty password locks the user out, unless one is given that is hashed. */
  private CompletableFuture<HashedPassword> newPassword(AuthUserChangePasswordRequest request) {
    if (!request.getPassword().isEmpty()) {
      return authentication.passwords().hash(request.getPassword());
    }
    return request.getHashedPassword().isEmpty()
        ? CompletableFuture.completedFuture(authentication.passwords().unusable())
        : hashedElsewhere(request.getHashedPassword());
  }

  private CompletableFuture<HashedPassword> hashedElsewhere(String base64) {
    try {
      return CompletableFuture.completedFuture(authentication.passwords().hashedElsewhere(base64));
    } catch (TrivetException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  @Override
  public void userDelete(
      AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> observer) {
    change(
        observer,
        Command.newBuilder().setDeleteUser(request),
        header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void userGrantRole(
      AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> observer) {
    change(
        observer,
        Command.newBuilder().setGrantRole(request),
        header -> AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void userRevokeRole(
      AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> observer) {
    change(
        observer,
        Command.newBuilder().setRevokeRole(request),
        header -> AuthUserRevokeRoleResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> observer) {
    change(
        observer,
        Command.newBuilder().setAddRole(request),
        header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void roleDelete(
      AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> observer) {
    change(
        observer,
        Command.newBuilder().setDeleteRole(request),
        header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void roleGrantPermission(
      AuthRoleGrantPermissionRequest request,
      StreamObserver<AuthRoleGrantPermissionResponse> observer) {
    change(
        observer,
        Command.newBuilder().setGrantPermission(request),
        header -> AuthRoleGrantPermissionResponse.newBuilder().setHeader(header).build());
  }

  @Override
  public void roleRevokePermission(
      AuthRoleRevokePermissionRequest request,
      StreamObserver<AuthRoleRevokePermissionResponse> observer) {
    change(
        observer,
        Command.newBuilder().setRevokePermission(request),
        header -> AuthRoleRevokePermissionResponse.newBuilder().setHeader(header).build());
  }

  /** Everybody may look at themselves. */
  @Override
  public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> observer) {
    Caller caller = authentication.guard().caller();
    read(
        observer,
        (view, header) -> {
          caller.requireRootOrUser(view, request.getName());
          return AuthUserGetResponse.newBuilder()
              .setHeader(header)
              .addAllRoles(AuthQueries.rolesOf(view, request.getName()))
              .build();
        });
  }

  @Override
  public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> observer) {
    read(
        observer,
        (view, header) ->
            AuthUserListResponse.newBuilder()
                .setHeader(header)
                .addAllUsers(AuthQueries.users(view))
                .build());
  }

  /** Everybody may look at their own roles. */
  @Override
  public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> observer) {
    Caller caller = authentication.guard().caller();
    read(
        observer,
        (view, header) -> {
          caller.requireRootOrRole(view, request.getRole());
          return AuthRoleGetResponse.newBuilder()
              .setHeader(header)
              .addAllPerm(AuthQueries.permissionsOf(view, request.getRole()))
              .build();
        });
  }

  @Override
  public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> observer) {
    read(
        observer,
        (view, header) ->
            AuthRoleListResponse.newBuilder()
                .setHeader(header)
                .addAllRoles(AuthQueries.roles(view))
                .build());
  }

  private <A> void change(
      StreamObserver<A> observer, Command.Builder command, Function<ResponseHeader, A> answer) {
    change(observer, CompletableFuture.completedFuture(command), answer);
  }

  private <A> void change(
      StreamObserver<A> observer,
      CompletableFuture<Command.Builder> command,
      Function<ResponseHeader, A> answer) {
    Calls.answer(
        observer,
        () -> {
          AuthResult done =
              Calls.accepted(Calls.await(log.propose(Calls.await(command).build()))).getAuth();
          return answer.apply(headers.of(done.getRevision()));
        });
  }

  private interface Read<A> {
    A of(ReadView view, ResponseHeader header);
  }

  private <A> void read(StreamObserver<A> observer, Read<A> read) {
    Calls.answer(
        observer,
        () -> {
          var _ = Calls.await(log.readBarrier());
          try (ReadView view = store.view()) {
            return read.of(view, headers.of(Counter.REVISION.in(view)));
          }
        });
  }
}
