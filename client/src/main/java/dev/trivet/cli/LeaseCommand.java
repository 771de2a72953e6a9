package dev.trivet.cli;

import dev.trivet.client.KeptLease;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Waiting;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.LeaseGrantResponse;
import dev.trivet.proto.etcd.LeaseLeasesResponse;
import dev.trivet.proto.etcd.LeaseStatus;
import dev.trivet.proto.etcd.LeaseTimeToLiveResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "lease",
    description = "Grant leases, keep them alive, end them. Ids are hexadecimal.",
    synopsisSubcommandLabel = "COMMAND")
final class LeaseCommand {
  private static final String ID = "ID";

  @Command(
      name = "grant",
      description = "Grant a lease.",
      footer = "As -o value: its id. Nobody keeps it alive: see 'lease keep-alive'.")
  int grant(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "SECONDS", description = "Time to live, at least 1.") long seconds,
      @Option(names = "--id", paramLabel = ID, defaultValue = "0", description = "Default: random.")
          String id) {
    try (TrivetClient client = connection.connect()) {
      LeaseGrantResponse granted =
          Waiting.on(client.leases().grantAsync(seconds, LeaseIds.parse(id)));
      String text = LeaseIds.text(granted.getID());
      output.show(
          () -> granted,
          () -> List.of(text),
          () -> output.line("lease %s, %d s to live".formatted(text, granted.getTTL())));
      return 0;
    }
  }

  @Command(name = "revoke", description = "End a lease and delete its keys.")
  int revoke(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = ID, description = "The lease.") String id) {
    try (TrivetClient client = connection.connect()) {
      var _ = client.leases().revoke(LeaseIds.parse(id));
      output.done("revoked lease " + id);
      return 0;
    }
  }

  @Command(
      name = "keep-alive",
      description = "Keep a lease alive until this command is ended.",
      footer = "Exit code 3 if the lease is not there, or is lost.")
  int keepAlive(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = ID, description = "The lease.") String id,
      @Option(names = "--seconds", description = "End after so long; 0 is never.") long seconds)
      throws InterruptedException {
    try (TrivetClient client = connection.connect()) {
      LeaseTimeToLiveResponse found = timeToLive(client, id, false);
      KeptLease lease = client.leases().keep(found.getID(), found.getGrantedTTL());
      output.hint("keeping lease %s alive, %d s to live".formatted(id, found.getGrantedTTL()));
      TrivetException lost = Ends.of(lease.lost(), seconds);
      if (lost != null) {
        throw lost;
      }
      lease.abandon();
      output.done("lease " + id + " is not kept alive any more");
      return 0;
    }
  }

  @Command(name = "timetolive", description = "Print how long a lease has to live.")
  int timeToLive(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = ID, description = "The lease.") String id,
      @Option(names = "--keys", description = "Print its keys, too.") boolean withKeys) {
    try (TrivetClient client = connection.connect()) {
      LeaseTimeToLiveResponse found = timeToLive(client, id, withKeys);
      output.show(
          () -> found,
          () -> List.of(Long.toString(found.getTTL())),
          () -> {
            output.line(
                "lease %s, granted %d s, %d s left"
                    .formatted(id, found.getGrantedTTL(), found.getTTL()));
            found.getKeysList().forEach(key -> output.line(Output.text(key)));
          });
      return 0;
    }
  }

  @Command(name = "list", description = "Print the ids of all leases.")
  int list(@Mixin Connection connection, @Mixin Output output) {
    try (TrivetClient client = connection.connect()) {
      List<Long> ids = client.leases().list();
      LeaseLeasesResponse.Builder message = LeaseLeasesResponse.newBuilder();
      ids.forEach(id -> message.addLeases(LeaseStatus.newBuilder().setID(id)));
      List<String> texts = ids.stream().map(LeaseIds::text).toList();
      output.show(message::build, () -> texts, () -> texts.forEach(output::line));
      return 0;
    }
  }

  private static LeaseTimeToLiveResponse timeToLive(
      TrivetClient client, String id, boolean withKeys) {
    LeaseTimeToLiveResponse found = client.leases().timeToLive(LeaseIds.parse(id), withKeys);
    if (found.getTTL() < 0) {
      throw ErrorCode.LEASE_NOT_FOUND.exception("no lease " + id);
    }
    return found;
  }
}
