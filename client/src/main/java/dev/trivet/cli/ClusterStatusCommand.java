package dev.trivet.cli;

import dev.trivet.client.TrivetClient;
import dev.trivet.client.Wholeness;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.ClusterStatusResponse;
import dev.trivet.proto.api.MemberStatus;
import io.grpc.Deadline;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = "Print the members and how far each is.",
    footer = {
      "As -o value: the leader's name.",
      "Exit code 0 if a node answered, whatever its answer. With --wait-whole: 0 when there is a",
      "leader, every member is reachable, has applied what was committed when it was first asked,",
      "and misses no bytes; 7 if that did not come in time."
    })
final class ClusterStatusCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 200;

  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--wait-whole",
      paramLabel = "SECONDS",
      description = "Wait at most so long for the cluster to be whole.")
  private int waitSeconds;

  @Override
  public Integer call() throws InterruptedException {
    if (waitSeconds < 0) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "--wait-whole is " + waitSeconds + " s, at least 0 is needed");
    }
    try (TrivetClient client = connection.connect()) {
      if (waitSeconds == 0) {
        print(client.cluster().status());
      } else {
        awaitWhole(client);
      }
      return 0;
    }
  }

  private void awaitWhole(TrivetClient client) throws InterruptedException {
    Deadline deadline = Deadline.after(waitSeconds, TimeUnit.SECONDS);
    long sinceIndex = 0;
    while (true) {
      List<String> lacks;
      try {
        ClusterStatusResponse status = client.cluster().status();
        sinceIndex = sinceIndex == 0 ? status.getCommittedIndex() : sinceIndex;
        lacks = Wholeness.lacks(status, sinceIndex);
        if (lacks.isEmpty()) {
          print(status);
          return;
        }
        if (deadline.isExpired()) {
          print(status);
        }
      } catch (TrivetException e) {
        lacks = List.of(String.valueOf(e.getMessage()));
      }
      if (deadline.isExpired()) {
        throw ErrorCode.CHECK_FAILED.exception(
            "not whole after " + waitSeconds + " s: " + String.join("; ", lacks));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private void print(ClusterStatusResponse status) {
    output.show(() -> status, () -> List.of(status.getLeader()), () -> printTable(status));
  }

  private void printTable(ClusterStatusResponse status) {
    output.line(
        "cluster %s, leader %s, term %d, committed %d, revision %d (says %s)"
            .formatted(
                status.getClusterId(),
                status.getLeader().isEmpty() ? "unknown" : status.getLeader(),
                status.getTerm(),
                status.getCommittedIndex(),
                status.getRevision(),
                status.getAnsweringMember()));
    printMembers(status.getMembersList(), output);
  }

  static void printMembers(List<MemberStatus> members, Output output) {
    Table table = new Table("MEMBER", "ROLE", "STATE", "APPLIED", "MISSING", "CLIENT");
    for (MemberStatus member : members) {
      boolean isKnown = member.getIsReachable();
      table.row(
          member.getName(),
          member.getRole(),
          !isKnown ? "UNREACHABLE" : member.getIsLeader() ? "leader" : "up",
          isKnown ? member.getAppliedIndex() : "-",
          isKnown ? member.getMissingExtents() : "-",
          member.getClientAddress());
    }
    table.print(output);
  }
}
