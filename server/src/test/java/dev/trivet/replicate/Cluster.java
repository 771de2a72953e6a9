package dev.trivet.replicate;

import static org.awaitility.Awaitility.await;

import dev.trivet.Ports;
import dev.trivet.peer.Member;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.CreateVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Some nodes in one process, each in a folder of its own name and incarnation. */
final class Cluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final ReplicaPace PACE = new ReplicaPace(1_000_000, 64 << 20, Duration.ofMillis(300));

  final List<Member> founders = new ArrayList<>();
  final List<Node> nodes = new ArrayList<>();
  private final Path folder;
  private final ReplicaPace pace;
  private int incarnations;

  Cluster(Path folder, ReplicaPace pace) {
    this.folder = folder;
    this.pace = pace;
  }

  /** Starts founders n0, n1, ... */
  static Cluster of(int count, Path folder, ReplicaPace pace) throws IOException {
    Cluster cluster = new Cluster(folder, pace);
    cluster.founders.addAll(cluster.members(count));
    for (Member founder : cluster.founders) {
      var _ = cluster.start(founder);
    }
    return cluster;
  }

  /** Members n0, n1, ... */
  List<Member> members(int count) throws IOException {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(member("n" + i));
    }
    return members;
  }

  /** A member of a new incarnation on ports that are free. */
  Member member(String name) throws IOException {
    List<Integer> ports = Ports.free(2);
    incarnations++;
    return new Member(
        name,
        "%016x".formatted(incarnations),
        "127.0.0.1:" + ports.get(0),
        "127.0.0.1:" + ports.get(1),
        "127.0.0.1:1",
        Member.Role.VOTER);
  }

  /** Starts a member in its folder: for the first time, or again. */
  Node start(Member member) throws IOException {
    Node node =
        new Node(folderOf(member), member, founders.contains(member) ? founders : List.of(), pace);
    nodes.add(node);
    return node;
  }

  Path folderOf(Member member) {
    return folder.resolve(member.name() + "-" + member.incarnation());
  }

  void stop(Node node) throws IOException {
    nodes.remove(node);
    node.close();
  }

  /** Waits until the running nodes agree on one of them that leads. */
  Node leader() {
    return leaderOf(nodes);
  }

  /** Waits until some of the running nodes agree on one of them that leads. */
  static Node leaderOf(List<Node> some) {
    await().atMost(PATIENCE).until(() -> some.stream().anyMatch(node -> isLed(some, node)));
    return some.stream().filter(node -> isLed(some, node)).findFirst().orElseThrow();
  }

  private static boolean isLed(List<Node> some, Node by) {
    return by.replica.leadership().isSelf()
        && some.stream()
            .map(node -> node.replica.leadership().leader())
            .allMatch(leader -> leader != null && leader.id() == by.self.id());
  }

  /** Waits until all running nodes have applied an entry. */
  void awaitApplied(long index) {
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.stream().allMatch(node -> node.store.applied().index() >= index));
  }

  static Command command(int number) {
    return Command.newBuilder()
        .setCreateVolume(CreateVolume.newBuilder().setName("v" + number))
        .build();
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    for (Node node : List.copyOf(nodes)) {
      stop(node);
    }
  }
}
