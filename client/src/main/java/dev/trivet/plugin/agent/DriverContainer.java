package dev.trivet.plugin.agent;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The container that the driver runs in. What a mount needs: {@code /dev/fuse}, the capability
 * SYS_ADMIN, no AppArmor profile (Docker's forbids mount), a folder whose mounts the server sees
 * (rshared), and the folder in which the engine looks for the sockets of plugins.
 *
 * @param image the image, by a name or digest that the engine has
 * @param endpoints client addresses of the nodes, HOST:PORT, separated by commas
 */
record DriverContainer(String image, String endpoints) {
  static final String NAME = "trivet-volume-driver";

  /** The name of the driver as stack files give it: the socket's name in the plugin folder. */
  static final String DRIVER = "trivet";

  private static final String PLUGINS = "/run/docker/plugins";
  private static final String MOUNTS = "/var/lib/docker-plugins";
  private static final String LABEL = "dev.trivet.driver";

  DriverContainer {
    if (image.isBlank()) {
      throw new IllegalArgumentException("the image has no name");
    }
    if (!endpoints.matches("[^,:\\s]+:[0-9]+(,[^,:\\s]+:[0-9]+)*")) {
      throw new IllegalArgumentException(
          "endpoints are HOST:PORT separated by commas, not '%s'".formatted(endpoints));
    }
  }

  private List<String> command() {
    return List.of(
        "volume-plugin",
        "--endpoints",
        endpoints,
        "--socket",
        PLUGINS + "/" + DRIVER + ".sock",
        "--mounts",
        MOUNTS + "/" + DRIVER);
  }

  /** The body of the engine's request "create a container". */
  String createBody() {
    return "{%s,\"Labels\":{%s}}".formatted(settings(), label());
  }

  /**
   * Text that the engine's description of a container holds if that container was made from these
   * very settings.
   */
  String label() {
    CRC32C sum = new CRC32C();
    sum.update(settings().getBytes(StandardCharsets.UTF_8));
    return "\"%s\":\"%08x\"".formatted(LABEL, sum.getValue());
  }

  private String settings() {
    String command =
        command().stream().map(DriverContainer::quote).collect(Collectors.joining(","));
    return """
        "Image":%s,"Cmd":[%s],"HostConfig":{"NetworkMode":"host","CapAdd":["SYS_ADMIN"],\
        "SecurityOpt":["apparmor=unconfined"],"RestartPolicy":{"Name":"unless-stopped"},\
        "Memory":%d,"Devices":[{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"rwm"}],\
        "Binds":["%s:%s","%s:%s:rshared"]}"""
        .formatted(quote(image), command, 768L << 20, PLUGINS, PLUGINS, MOUNTS, MOUNTS);
  }

  /** A JSON string. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
