package dev.trivet.api.auth;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import dev.trivet.proto.etcd.AuthEnableRequest;
import dev.trivet.proto.etcd.AuthGrpc;
import dev.trivet.proto.etcd.AuthRoleAddRequest;
import dev.trivet.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.trivet.proto.etcd.AuthUserAddRequest;
import dev.trivet.proto.etcd.AuthUserGrantRoleRequest;
import dev.trivet.proto.etcd.AuthenticateRequest;
import dev.trivet.proto.etcd.Permission;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Three nodes with authentication on, for all tests of a run that need that. Users: root, and those
 * that a test makes for itself. A user's password is its name.
 */
public final class GuardedCluster implements AutoCloseable {
  static final String PASSWORD_OF_ROOT = "root";

  final ApiCluster nodes = new ApiCluster();
  final Channel root;

  private GuardedCluster() throws IOException {
    AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(nodes.leader().channel);
    var _ =
        auth.userAdd(
            AuthUserAddRequest.newBuilder().setName("root").setPassword(PASSWORD_OF_ROOT).build());
    var _ =
        auth.userGrantRole(
            AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    root = as(nodes.leader(), "root");
  }

  /** A channel that says who asks. */
  static Channel as(ApiNode node, String user) {
    return withToken(node, token(node, user, user));
  }

  static String token(ApiNode node, String user, String password) {
    return AuthGrpc.newBlockingStub(node.channel)
        .authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
        .getToken();
  }

  static Channel withToken(ApiNode node, String token) {
    return with(node, "token", token);
  }

  static Channel with(ApiNode node, String name, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return ClientInterceptors.intercept(
        node.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Makes a user, with a role of the same name. */
  void addUser(String name) {
    AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(root);
    var _ = auth.userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(name).build());
    var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    var _ =
        auth.userGrantRole(
            AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(name).build());
  }

  void grant(String role, Permission.Type type, String key, String end) {
    var _ =
        AuthGrpc.newBlockingStub(root)
            .roleGrantPermission(
                AuthRoleGrantPermissionRequest.newBuilder()
                    .setName(role)
                    .setPerm(
                        Permission.newBuilder()
                            .setPermType(type)
                            .setKey(ByteString.copyFromUtf8(key))
                            .setRangeEnd(ByteString.copyFromUtf8(end)))
                    .build());
  }

  @Override
  public void close() throws IOException {
    nodes.close();
  }

  /** Gives a test the cluster as a parameter. */
  public static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == GuardedCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(
              GuardedCluster.class,
              _ -> {
                try {
                  return new GuardedCluster();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
    }
  }
}
