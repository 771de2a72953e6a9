package dev.trivet.api;

import static org.awaitility.Awaitility.await;

import dev.trivet.Ports;
import dev.trivet.api.auth.TokenKind;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.ExpireDue;
import dev.trivet.proto.log.TakeLeadership;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Three nodes. Most tests of a run share them, since starting them costs seconds: each keeps to
 * keys of its own.
 */
public final class ApiCluster implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  public final List<ApiNode> nodes = new ArrayList<>();
  private final Path folder;

  /** Three nodes of a test's own, to be broken. */
  public ApiCluster() throws IOException {
    this(List.of(TokenKind.SIMPLE, TokenKind.SIMPLE, TokenKind.SIMPLE));
  }

  /** The same, each with its kind of tokens. */
  public ApiCluster(List<TokenKind> tokens) throws IOException {
    folder = Files.createTempDirectory("trivet-api");
    List<Integer> ports = Ports.free(9);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      members.add(
          new Member(
              "n" + i,
              "000000000000000" + (i + 1),
              "127.0.0.1:" + ports.get(3 * i),
              "127.0.0.1:" + ports.get(3 * i + 1),
              "127.0.0.1:" + ports.get(3 * i + 2),
              Member.Role.VOTER));
    }
    for (int i = 0; i < 3; i++) {
      Member member = members.get(i);
      nodes.add(new ApiNode(folder.resolve(member.name()), member, members, tokens.get(i)));
    }
    leader();
  }

  /** The node that leads, once all know it. */
  public ApiNode leader() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                nodes.stream().filter(ApiNode::isLeader).count() == 1
                    && nodes.stream()
                            .map(node -> String.valueOf(node.replica.leadership().leader()))
                            .distinct()
                            .count()
                        == 1);
    return nodes.stream().filter(ApiNode::isLeader).findFirst().orElseThrow();
  }

  /**
   * What a call comes to, which is made again as long as nobody leads: a JVM that stands still for
   * a second costs the leader its place, and that is not what these tests are about. Such a call
   * may be done more than once.
   */
  public <T> T whenLed(Supplier<T> call) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || System.nanoTime() > end) {
          throw e;
        }
        var _ = leader();
      }
    }
  }

  public ApiNode follower(int which) {
    ApiNode leader = leader();
    return nodes.stream().filter(node -> node != leader).skip(which).findFirst().orElseThrow();
  }

  public void stop(ApiNode node) throws IOException {
    nodes.remove(node);
    node.close();
  }

  public String endpoints() {
    return nodes.stream().map(node -> node.self.clientAddress()).collect(Collectors.joining(","));
  }

  /** What a node that leads does beside its service, which the nodes of these tests do not have. */
  public void removeHistoryUntil(BooleanSupplier isOver, Duration limit) {
    ApiNode leader = leader();
    long term = leader.replica.leadership().term();
    try (ReadView view = leader.store.view()) {
      if (Counter.LEADERSHIP_TERM.in(view) != term) {
        propose(
            leader,
            Command.newBuilder()
                .setTakeLeadership(TakeLeadership.newBuilder().setMember(leader.self.name())));
      }
    }
    await()
        .atMost(limit)
        .until(
            () -> {
              propose(
                  leader, Command.newBuilder().setExpireDue(ExpireDue.newBuilder().setLimit(10)));
              return isOver.getAsBoolean();
            });
  }

  private static void propose(ApiNode node, Command.Builder command) {
    var _ = node.replica.propose(command.build()).join();
  }

  @Override
  public void close() throws IOException {
    for (ApiNode node : nodes) {
      node.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Gives a test the cluster as a parameter. */
  public static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == ApiCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(
              ApiCluster.class,
              _ -> {
                try {
                  return new ApiCluster();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
    }
  }
}
