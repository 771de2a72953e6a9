package dev.trivet.chaos.nth;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.NodeStatus;
import dev.trivet.chaos.environment.Plain;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.proto.etcd.HashKVResponse;
import dev.trivet.proto.etcd.StatusResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The nodes of a scenario, the one whose calls fail among them, and what was written to them. */
final class Crowd implements AutoCloseable {
  static final Duration SERVE_LIMIT = Duration.ofMinutes(3);

  /** Of a node that serves, on a machine however busy. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** Of a node that may have ended meanwhile. */
  private static final Duration HASTY = Duration.ofSeconds(5);

  private final Plain plain;
  private final Written written = new Written();

  private Crowd(Plain plain) {
    this.plain = plain;
  }

  /**
   * Starts nodes and waits until they serve.
   *
   * @param entriesPerSnapshot so that there are some soon
   */
  static Crowd started(Path folder, int size, int entriesPerSnapshot)
      throws IOException, InterruptedException {
    List<String> flags =
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dtrivet.snapshot-every-entries=" + entriesPerSnapshot,
            "-Dtrivet.log-segment-bytes=" + (64 << 10));
    Crowd crowd = new Crowd(Plain.at(folder, size, flags));
    for (LocalNode node : crowd.nodes()) {
      node.start();
    }
    for (LocalNode node : crowd.nodes()) {
      if (!Waiting.comes(SERVE_LIMIT, node::isReady)) {
        crowd.close();
        throw new IllegalStateException(node.name() + " does not serve: see its log in " + folder);
      }
    }
    return crowd;
  }

  List<LocalNode> nodes() {
    return plain.nodes();
  }

  /** Whose calls fail: the last one. */
  LocalNode victim() {
    return plain.nodes().getLast();
  }

  Written written() {
    return written;
  }

  /** A client of all nodes, which serve. */
  TrivetClient client() {
    return client(nodes());
  }

  /** A client of some nodes, which serve. */
  static TrivetClient client(List<LocalNode> nodes) {
    return client(nodes, PATIENT);
  }

  /** A client of nodes of which one may end any moment. */
  static TrivetClient hastyClient(List<LocalNode> nodes) {
    return client(nodes, HASTY);
  }

  private static TrivetClient client(List<LocalNode> nodes, Duration deadline) {
    return TrivetClient.builder(nodes.stream().map(LocalNode::endpoint).toList())
        .deadline(deadline)
        .connect();
  }

  /** The last index of the victim's log; 0 when it does not tell. */
  long index() {
    return NodeStatus.at(victim().endpoint()).map(StatusResponse::getRaftIndex).orElse(0L);
  }

  /** The hashes of the key space that the nodes have at one revision; all the same is one. */
  Set<Integer> hashes() {
    Set<Integer> hashes = new LinkedHashSet<>();
    long revision = 0;
    for (LocalNode node : nodes()) {
      HashKVResponse answer =
          NodeStatus.hash(node.endpoint(), revision, PATIENT)
              .orElseThrow(() -> new IllegalStateException(node.name() + " tells no hash"));
      revision = answer.getHashRevision();
      hashes.add(answer.getHash());
    }
    return hashes;
  }

  /** The role of the victim as the others see it; empty when nobody knows it. */
  String role() {
    List<LocalNode> others = nodes().stream().filter(node -> !node.equals(victim())).toList();
    try (TrivetClient client = hastyClient(others)) {
      return client.cluster().status().getMembersList().stream()
          .filter(member -> member.getName().equals(victim().name()))
          .map(MemberStatus::getRole)
          .reduce((first, second) -> second.equals("WAITING") ? second : first)
          .orElse("");
    } catch (TrivetException _) {
      return "";
    }
  }

  @Override
  public void close() {
    plain.close();
  }
}
