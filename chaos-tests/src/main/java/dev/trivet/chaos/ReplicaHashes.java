package dev.trivet.chaos;

import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.Replicas;
import dev.trivet.chaos.environment.Capability;
import dev.trivet.chaos.environment.Environment;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.NodeStatus;
import dev.trivet.proto.etcd.HashKVResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks all nodes for the hash of their keys, when nobody writes any more. */
final class ReplicaHashes {
  private static final long NOW = 0;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 250;

  /** What a node says that found its state to differ from the others'. */
  private static final Pattern COMPLAINT =
      Pattern.compile("after entry \\d+ this node's state has hash");

  private static final int SHOWN = 300;

  private final Environment environment;

  ReplicaHashes(Environment environment) {
    this.environment = environment;
  }

  /** A node that does not answer is left out: that it should serve is another promise. */
  Judgement judge() throws IOException, InterruptedException {
    List<Replicas.Digest> digests = List.of();
    for (int tries = 0; tries < TRIES; tries++) {
      digests = ask();
      if (digests.size() == environment.nodes().size() && areOfOneCompaction(digests)) {
        break;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return Replicas.check(digests, complaints());
  }

  /** At the newest revision that all of them have. */
  private List<Replicas.Digest> ask() {
    Map<Node, HashKVResponse> newest = new LinkedHashMap<>();
    environment.nodes().forEach(node -> ask(node, NOW).ifPresent(hash -> newest.put(node, hash)));
    long common =
        newest.values().stream().mapToLong(HashKVResponse::getHashRevision).min().orElse(NOW);
    List<Replicas.Digest> digests = new ArrayList<>();
    newest
        .keySet()
        .forEach(
            node ->
                ask(node, common)
                    .ifPresent(
                        hash ->
                            digests.add(
                                new Replicas.Digest(
                                    node.name(),
                                    hash.getHashRevision(),
                                    hash.getCompactRevision(),
                                    hash.getHash()))));
    return digests;
  }

  private static boolean areOfOneCompaction(List<Replicas.Digest> digests) {
    return digests.stream().map(Replicas.Digest::compactedRevision).distinct().count() == 1;
  }

  private static Optional<HashKVResponse> ask(Node node, long revision) {
    return node.isRunning()
        ? NodeStatus.hash(node.endpoint(), revision, PATIENCE)
        : Optional.empty();
  }

  private List<Replicas.Complaint> complaints() throws IOException {
    List<Replicas.Complaint> complaints = new ArrayList<>();
    if (environment.lacking().containsKey(Capability.PROCESSES)) {
      return complaints;
    }
    for (Node node : environment.nodes()) {
      for (String line : node.local().said(0)) {
        if (COMPLAINT.matcher(line).find()) {
          complaints.add(
              new Replicas.Complaint(
                  node.name(), line.substring(0, Math.min(SHOWN, line.length()))));
        }
      }
    }
    return complaints;
  }
}
