package dev.trivet.chaos.fault;

import dev.trivet.chaos.environment.LocalNode;
import dev.trivet.chaos.environment.Node;
import dev.trivet.chaos.environment.Waiting;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Members that change while clients write: as planned, and because a disk was lost. */
final class MemberFaults {
  private static final Duration TRANSFER = Duration.ofSeconds(20);
  private static final Duration MOVE = Duration.ofSeconds(8);
  private static final Duration END = Duration.ofSeconds(30);
  private static final Pattern INSTALLED = Pattern.compile("(?i)snapshot");

  private MemberFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        FaultKind.of(
            "transfer",
            "the leadership is handed over as planned",
            Set.of(),
            MemberFaults::transfer),
        FaultKind.of(
                "member-replaced",
                "a member is removed and another of its name admitted",
                MemberFaults::replace)
            .ofTrivet(),
        FaultKind.of(
                "disk-wiped",
                "a node loses its folder and is admitted anew",
                scene -> wipe(scene, scene.any().local()))
            .ofTrivet(),
        FaultKind.of(
                "disk-wiped-leader",
                "the same, of the leader",
                scene -> wipe(scene, scene.leader().local()))
            .onlyWhenNamed()
            .ofTrivet(),
        FaultKind.of(
                "snapshot-install",
                "a follower is away until the log it misses is gone",
                scene -> install(scene, false))
            .ofTrivet()
            .onlyWhenNamed(),
        FaultKind.of(
                "snapshot-kill",
                "the same, and it is killed while the snapshot arrives",
                scene -> install(scene, true))
            .ofTrivet()
            .onlyWhenNamed());
  }

  private static Inflicted transfer(Scene scene) throws InterruptedException {
    Node before = scene.leader();
    Node wanted = scene.pick(scene.others(before));
    // Who has just come back may be refused as a leader until it has caught up: it is asked again.
    boolean isDone =
        Waiting.comes(
            TRANSFER,
            () -> {
              if (scene.leader().equals(wanted)) {
                return true;
              }
              moveLeader(scene.leader(), wanted);
              return scene.leader().equals(wanted);
            });
    return Inflicted.on(
        List.of(before, wanted),
        () ->
            new Evidence(isDone, "leader %s -> %s".formatted(before.name(), scene.leader().name())),
        () -> {});
  }

  /** By etcd's API, which every store has that is compared. It is asked of the leader. */
  private static void moveLeader(Node leader, Node wanted) {
    Optional<StatusResponse> target = Scene.status(wanted);
    try (TrivetClient client = TrivetClient.connect(List.of(leader.endpoint()))) {
      if (target.isPresent()) {
        var _ =
            MaintenanceGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(MOVE)
                .moveLeader(
                    MoveLeaderRequest.newBuilder()
                        .setTargetID(target.get().getHeader().getMemberId())
                        .build());
      }
    } catch (StatusRuntimeException _) {
      // Whether it happened is looked at.
    }
  }

  private static Inflicted replace(Scene scene) throws InterruptedException {
    LocalNode victim = scene.any().local();
    Members.remove(scene, victim);
    boolean hasEnded = Waiting.comes(END, () -> !victim.isRunning());
    return Inflicted.on(
        List.of(victim),
        () -> new Evidence(hasEnded, "removed, " + (hasEnded ? "ended by itself" : "still there")),
        () -> Members.admitAnew(scene, victim));
  }

  private static Inflicted wipe(Scene scene, LocalNode victim)
      throws IOException, InterruptedException {
    victim.kill();
    long before = files(victim.folder());
    victim.wipe();
    long after = files(victim.folder());
    return Inflicted.on(
        List.of(victim),
        () -> new Evidence(before > 0 && after == 0, before + " files -> " + after),
        () -> Members.admitAnew(scene, victim));
  }

  private static long files(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private static Inflicted install(Scene scene, boolean isKilled)
      throws IOException, InterruptedException {
    LocalNode victim = scene.follower().local();
    victim.kill();
    long entries = Burst.untilLogIsPurged(scene, victim);
    long begin = victim.logBytes();
    victim.start();
    if (isKilled) {
      var _ = Waiting.comes(END, () -> hasSaid(victim, begin));
      victim.kill();
      victim.start();
    }
    return Inflicted.on(List.of(victim), () -> Evidence.NONE, () -> {})
        .thenLook(
            () -> {
              String said = Traces.first(victim, begin, INSTALLED);
              return new Evidence(!said.isEmpty(), entries + " entries missed; " + said);
            });
  }

  private static boolean hasSaid(LocalNode node, long sinceBytes) {
    try {
      return !Traces.first(node, sinceBytes, INSTALLED).isEmpty();
    } catch (IOException _) {
      return false;
    }
  }
}
