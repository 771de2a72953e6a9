package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Node;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.MemberStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Changes of the members, each asked for until it is seen: a refusal may be a leader's change. */
final class Members {
  private static final String WAITING = "WAITING";
  private static final String LEARNER = "LEARNER";
  private static final String VOTER = "VOTER";
  private static final long LIMIT_MILLIS = 90_000;
  private static final long ASK_MILLIS = 1_000;

  private Members() {}

  /** Takes all data from a node and makes it a voter again, as another one of the same name. */
  static void admitAnew(Scene scene, LocalNode node) throws IOException, InterruptedException {
    if (node.isRunning()) {
      node.kill();
    }
    node.wipe();
    node.start();
    try (TrivetClient client = others(scene, node)) {
      // Its old self may still be a voter: only the incarnation tells them apart.
      String own =
          await(client, node, "waits at the door", member -> isRole(member, WAITING), () -> {})
              .getIncarnation();
      Predicate<MemberStatus> isIt = member -> member.getIncarnation().equals(own);
      var _ =
          await(
              client,
              node,
              "is a learner",
              isIt.and(member -> isRole(member, LEARNER) || isRole(member, VOTER)),
              () -> client.cluster().add(node.name()));
      var _ =
          await(
              client,
              node,
              "is a voter",
              isIt.and(member -> isRole(member, VOTER)),
              () -> client.cluster().promote(node.name()));
    }
  }

  /** Takes a member out for good. */
  static void remove(Scene scene, Node node) throws InterruptedException {
    try (TrivetClient client = others(scene, node)) {
      long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
      while (find(client, node, member -> isRole(member, VOTER)).isPresent()
          && System.nanoTime() < end) {
        attempt(() -> client.cluster().remove(node.name()));
        Thread.sleep(ASK_MILLIS);
      }
    }
  }

  static TrivetClient others(Scene scene, Node node) {
    List<String> endpoints = scene.others(node).stream().map(Node::endpoint).toList();
    return TrivetClient.connect(endpoints);
  }

  private static boolean isRole(MemberStatus member, String role) {
    return member.getRole().equals(role);
  }

  private static MemberStatus await(
      TrivetClient client, Node node, String what, Predicate<MemberStatus> wanted, Runnable request)
      throws InterruptedException {
    long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
    while (true) {
      Optional<MemberStatus> found = find(client, node, wanted);
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "not after %d s: %s %s".formatted(LIMIT_MILLIS / 1_000, node.name(), what));
      }
      attempt(request);
      Thread.sleep(ASK_MILLIS);
    }
  }

  private static void attempt(Runnable request) {
    try {
      request.run();
    } catch (TrivetException _) {
      // It is asked again, unless it was done all the same.
    }
  }

  private static Optional<MemberStatus> find(
      TrivetClient client, Node node, Predicate<MemberStatus> wanted) {
    try {
      return client.cluster().status().getMembersList().stream()
          .filter(member -> member.getName().equals(node.name()) && wanted.test(member))
          .findFirst();
    } catch (TrivetException _) {
      return Optional.empty();
    }
  }
}
