package dev.trivet.cli;

import dev.trivet.client.Cluster;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.api.MemberStatus;
import dev.trivet.proto.api.MembersResponse;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "cluster",
    description = "Look at the members and change them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ClusterStatusCommand.class)
final class ClusterCommand {
  private static final String NAME = "NAME";

  @Command(name = "members", description = "Print the members, one a line.")
  int members(@Mixin Connection connection, @Mixin Output output) {
    try (TrivetClient client = connection.connect()) {
      print(
          MembersResponse.newBuilder()
              .addAllMembers(client.cluster().status().getMembersList())
              .build(),
          output);
      return 0;
    }
  }

  @Command(
      name = "add",
      description = "Admit a node that waits at the door, as a learner without a vote.",
      footer = "If its name is a member's, the node replaces that member, which is removed.")
  int add(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = NAME, description = "The waiting node.") String name) {
    return change(connection, output, cluster -> cluster.add(name));
  }

  @Command(name = "promote", description = "Give a learner that has caught up its vote.")
  int promote(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = NAME, description = "The learner.") String name) {
    return change(connection, output, cluster -> cluster.promote(name));
  }

  @Command(name = "remove", description = "Take a member out; it can only come back as a new one.")
  int remove(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = NAME, description = "The member.") String name) {
    return change(connection, output, cluster -> cluster.remove(name));
  }

  @Command(name = "transfer-leader", description = "Hand the leadership to another voter.")
  int transferLeader(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = NAME, description = "The voter that shall lead.") String name) {
    return change(connection, output, cluster -> cluster.transferLeader(name));
  }

  private static int change(
      Connection connection, Output output, Function<Cluster, MembersResponse> change) {
    try (TrivetClient client = connection.connect()) {
      print(change.apply(client.cluster()), output);
      return 0;
    }
  }

  private static void print(MembersResponse members, Output output) {
    output.show(
        () -> members,
        () -> members.getMembersList().stream().map(MemberStatus::getName).toList(),
        () -> ClusterStatusCommand.printMembers(members.getMembersList(), output));
  }
}
