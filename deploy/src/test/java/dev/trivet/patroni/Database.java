package dev.trivet.patroni;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.foreign.ForeignProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server under its Patroni, in a folder of its own. PostgreSQL refuses to run as
 * root: then both run as the user that Debian's packages make for it.
 */
final class Database implements AutoCloseable {
  private static final String SCOPE = "trivet-test";
  private static final String USER = "postgres";
  private static final Path SERVER = Path.of("/usr/lib/postgresql/15/bin");
  private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");
  private static final long END_SECONDS = 60;

  private final String name;
  private final Path folder;
  private final String address;
  private final String statusAddress;
  private @Nullable Process patroni;

  Database(String name, Path parent, String address, String statusAddress, List<String> endpoints)
      throws IOException {
    this.name = name;
    this.folder = Files.createDirectory(parent.resolve(name));
    this.address = address;
    this.statusAddress = statusAddress;
    Files.writeString(configuration(), configuration(endpoints));
    if (IS_ROOT) {
      UserPrincipal user =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
      Files.setOwner(folder, user);
    }
  }

  String name() {
    return name;
  }

  Path log() {
    return folder.resolveSibling(name + ".log");
  }

  private Path configuration() {
    return folder.resolveSibling(name + ".yml");
  }

  private Path data() {
    return folder.resolve("data");
  }

  /**
   * Rows that were acknowledged survive a failover, since each commit waits for the other server.
   */
  private String configuration(List<String> endpoints) {
    return """
        scope: %1$s
        name: %2$s
        restapi:
          listen: %3$s
          connect_address: %3$s
        etcd3:
          hosts: [%4$s]
        bootstrap:
          dcs:
            ttl: 20
            loop_wait: 2
            retry_timeout: 5
            synchronous_mode: true
            postgresql:
              use_pg_rewind: true
          initdb:
            - encoding: UTF8
            - data-checksums
          pg_hba:
            - host all all 127.0.0.1/32 trust
            - host replication all 127.0.0.1/32 trust
        postgresql:
          listen: %5$s
          connect_address: %5$s
          data_dir: %6$s
          bin_dir: %7$s
          pgpass: %8$s/pgpass
          authentication:
            superuser: {username: postgres, password: postgres}
            replication: {username: replicator, password: replicator}
          parameters:
            unix_socket_directories: %8$s
            shared_buffers: 16MB
        """
        .formatted(
            SCOPE,
            name,
            statusAddress,
            String.join(", ", endpoints),
            address,
            data(),
            SERVER,
            folder);
  }

  void start() throws IOException {
    List<String> command = new ArrayList<>();
    if (IS_ROOT) {
      command.add(ForeignProgram.SETPRIV.require().toString());
      command.addAll(List.of("--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
    }
    command.add(ForeignProgram.PATRONI.require().toString());
    command.add(configuration().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    // Debian's modules are Debian's Python's.
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("LC_ALL", "C.UTF-8");
    patroni = builder.start();
  }

  /** SIGKILL of Patroni and of PostgreSQL. */
  void kill() throws IOException, InterruptedException {
    Process running = patroni;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
    killServer();
  }

  private void killServer() throws IOException {
    Path file = data().resolve("postmaster.pid");
    if (Files.exists(file)) {
      long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
      ProcessHandle.of(pid)
          .filter(found -> found.info().command().orElse("").startsWith(SERVER.toString()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** What Patroni says of the server, as its load balancers ask: primary, replica, synchronous. */
  boolean is(String role) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest question =
          HttpRequest.newBuilder(URI.create("http://" + statusAddress + "/" + role))
              .timeout(Duration.ofSeconds(5))
              .build();
      return http.send(question, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What a statement answers. */
  String sql(String statement) throws IOException, InterruptedException {
    return run(
        List.of(
            ForeignProgram.PSQL.require().toString(), "-v", "ON_ERROR_STOP=1", "-Atc", statement),
        List.of("postgresql://postgres@" + address + "/postgres"));
  }

  /** What Patroni's own command says. */
  String patronictl(String... arguments) throws IOException, InterruptedException {
    return run(
        List.of(ForeignProgram.PATRONICTL.require().toString(), "-c", configuration().toString()),
        List.of(arguments));
  }

  /** Leads this server to lead, and the other one to follow. */
  String switchoverFrom(Database leader) throws IOException, InterruptedException {
    return patronictl("switchover", SCOPE, "--master", leader.name, "--candidate", name, "--force");
  }

  private static String run(List<String> program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
    return said;
  }

  /** Stops both in order, or else at once. */
  @Override
  public void close() throws IOException {
    Process running = patroni;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    killServer();
  }
}
