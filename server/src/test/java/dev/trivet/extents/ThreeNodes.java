package dev.trivet.extents;

import static java.util.Objects.requireNonNull;

import dev.trivet.Ports;
import dev.trivet.peer.Member;
import dev.trivet.peer.PeerServer;
import dev.trivet.peer.PeerTrust;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.proto.log.Command;
import dev.trivet.state.entry.ExtentId;
import io.grpc.BindableService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Three nodes on loopback, each of which can be stopped and started again. */
final class ThreeNodes implements AutoCloseable {
  private final Path folder;
  private final List<Member> members = new ArrayList<>();
  private final Map<Integer, ExtentNode> running = new HashMap<>();

  ThreeNodes(Path folder) throws IOException {
    this.folder = folder;
    List<Integer> ports = Ports.free(3);
    for (int i = 0; i < 3; i++) {
      members.add(
          new Member(
              "n" + i,
              "000000000000000" + (i + 1),
              "127.0.0.1:1",
              "127.0.0.1:" + ports.get(i),
              "127.0.0.1:1",
              Member.Role.VOTER));
    }
    startAll();
    applyEverywhere(1, Commands.createBucket());
  }

  ExtentNode node(int i) {
    return requireNonNull(running.get(i));
  }

  List<ExtentNode> running() {
    return List.copyOf(running.values());
  }

  void start(int i) throws IOException {
    running.put(i, new ExtentNode(folder(i), members.get(i), members));
  }

  void stop(int i) {
    requireNonNull(running.remove(i)).close();
  }

  Path folder(int i) {
    return folder.resolve("n" + i);
  }

  /** Of its peer service. */
  int port(int i) {
    return Integer.parseInt(members.get(i).peerAddress().substring("127.0.0.1:".length()));
  }

  /** Another service in a stopped node's place. */
  PeerServer serve(int i, BindableService service) throws IOException {
    return PeerServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port(i)),
        PeerTrust.NONE,
        ExtentNode.CLUSTER,
        members.get(i),
        List.of(service),
        List.of());
  }

  /** How many of the running nodes hold it. */
  long copies(ExtentId id) {
    return running().stream().filter(node -> node.local.isHere(id)).count();
  }

  void commit(Extent extent, long timeMillis) {
    applyEverywhere(timeMillis, Commands.commit(extent, timeMillis));
  }

  void delete(ExtentId id, long timeMillis) {
    applyEverywhere(timeMillis, Commands.delete(id));
  }

  /** Starts those that are stopped. */
  void startAll() throws IOException {
    for (int i = 0; i < 3; i++) {
      if (!running.containsKey(i)) {
        start(i);
      }
    }
    running.values().forEach(ExtentNode::awaitOthers);
  }

  @Override
  public void close() {
    running.values().forEach(ExtentNode::close);
  }

  private void applyEverywhere(long timeMillis, Command command) {
    running.values().forEach(node -> node.apply(timeMillis, List.of(command)));
  }
}
