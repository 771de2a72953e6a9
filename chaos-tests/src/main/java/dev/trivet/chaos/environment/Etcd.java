package dev.trivet.chaos.environment;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** How a member of etcd is started. */
final class Etcd {
  static final String PROGRAM = "etcd";

  private Etcd() {}

  /**
   * Where a member is.
   *
   * @param known host by which the others reach it
   * @param own host that it listens at; both are addresses, since etcd binds to no name
   */
  record Site(String name, String known, String own, int peerPort, int clientPort) {
    private String peerUrl() {
      return "http://" + known + ":" + peerPort;
    }
  }

  /**
   * The command of one member. Everything but the addresses is etcd's default: its promises are
   * those of its default.
   *
   * @param all the founding members, this one included
   */
  static List<String> command(Site site, List<Site> all, Path data) {
    String founders =
        all.stream()
            .map(member -> member.name() + "=" + member.peerUrl())
            .collect(Collectors.joining(","));
    return List.of(
        PROGRAM,
        "--name",
        site.name(),
        "--data-dir",
        data.toString(),
        "--listen-peer-urls",
        "http://" + site.own() + ":" + site.peerPort(),
        "--initial-advertise-peer-urls",
        site.peerUrl(),
        "--listen-client-urls",
        "http://" + site.own() + ":" + site.clientPort(),
        "--advertise-client-urls",
        "http://" + site.known() + ":" + site.clientPort(),
        "--initial-cluster",
        founders,
        "--initial-cluster-state",
        "new");
  }
}
