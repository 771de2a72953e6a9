package dev.trivet.doctor;

import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** What the nodes say, each asked by itself. */
public final class NodeChecks {
  /** Nodes count time by the leader's clock: a new leader far off stretches leases. */
  private static final long GOOD_CLOCK_MILLIS = 500;

  private NodeChecks() {}

  /**
   * Asks every endpoint at the same time; takes at most as long as the slowest answer.
   *
   * @param connect makes a client of one endpoint
   */
  public static List<Check> of(List<String> endpoints, Function<String, TrivetClient> connect)
      throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    Set<String> clusters = new HashSet<>();
    Set<String> versions = new HashSet<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Answer>> questions = new ArrayList<>();
      for (String endpoint : endpoints) {
        questions.add(() -> ask(endpoint, connect));
      }
      for (Future<Answer> future : executor.invokeAll(questions)) {
        Answer answer = future.get();
        checks.addAll(answer.checks);
        if (answer.isGiven()) {
          clusters.add(answer.status.getClusterId());
          versions.add(answer.status.getVersion());
        }
      }
    } catch (ExecutionException e) {
      throw ErrorCode.INTERNAL.exception("a check ended badly: " + e.getCause(), e);
    }
    if (clusters.size() > 1) {
      checks.add(
          Check.fail(
              "cluster",
              "the endpoints belong to " + clusters.size() + " clusters: " + clusters,
              "name the endpoints of one cluster"));
    }
    if (versions.size() > 1) {
      checks.add(
          Check.warn("versions", "the nodes run " + versions, "update the nodes one by one"));
    }
    return checks;
  }

  private static Answer ask(String endpoint, Function<String, TrivetClient> connect) {
    String subject = "node " + endpoint;
    try (TrivetClient client = connect.apply(endpoint)) {
      client.cluster().status(); // The first call also connects: the second one is timed.
      long before = System.currentTimeMillis();
      ClusterStatusResponse status = client.cluster().status();
      long after = System.currentTimeMillis();
      return new Answer(
          status, List.of(state(subject, status), clock(subject, status, before, after)));
    } catch (TrivetException e) {
      return new Answer(
          ClusterStatusResponse.getDefaultInstance(),
          List.of(Check.fail(subject, String.valueOf(e.getMessage()), e.code().nextStep())));
    }
  }

  private static Check state(String subject, ClusterStatusResponse status) {
    String name = status.getAnsweringMember();
    String role =
        status.getMembersList().stream()
            .filter(member -> member.getName().equals(name))
            .map(member -> member.getIsLeader() ? "leader" : member.getRole())
            .findFirst()
            .orElse("not a member");
    long reachable = status.getMembersList().stream().filter(MemberStatus::getIsReachable).count();
    String found =
        "%s, version %s, %s; reaches %d of %d members"
            .formatted(
                name,
                status.getVersion().isEmpty() ? "not told" : status.getVersion(),
                role,
                reachable,
                status.getMembersCount());
    if (status.getLeader().isEmpty()) {
      return Check.fail(subject, found + "; knows no leader", "bring up a majority of the nodes");
    }
    return reachable < status.getMembersCount()
        ? Check.warn(subject, found, "see 'trivet cluster status'")
        : Check.ok(subject, found);
  }

  private static Check clock(
      String subject, ClusterStatusResponse status, long before, long after) {
    String clock = subject + " clock";
    if (status.getClockMillis() == 0) {
      return Check.warn(clock, "the node does not tell its clock", "update the node");
    }
    long middle = before + (after - before) / 2;
    long difference = status.getClockMillis() - middle;
    String found =
        "%+d ms from here (known to %d ms), up to %d ms is good"
            .formatted(difference, (after - before) / 2 + 1, GOOD_CLOCK_MILLIS);
    return Math.abs(difference) > GOOD_CLOCK_MILLIS
        ? Check.warn(clock, found, "run a time service, such as chrony, on both machines")
        : Check.ok(clock, found);
  }

  /** A node's status, the default one if it did not answer, and what follows from it. */
  private record Answer(ClusterStatusResponse status, List<Check> checks) {
    boolean isGiven() {
      return !status.getAnsweringMember().isEmpty();
    }
  }
}
