package dev.trivet.patroni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.foreign.ForeignProgram;
import dev.trivet.local.FreePorts;
import dev.trivet.local.LocalCluster;
import dev.trivet.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(900)
final class PatroniTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private Path folder = Path.of("");
  private int rows;

  @BeforeEach
  void makeFolder() throws IOException {
    ForeignProgram.PATRONI.require();
    ForeignProgram.PSQL.require();
    folder = Files.createTempDirectory("trivet-patroni");
    // PostgreSQL's user goes through it.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void removeFolder() throws IOException {
    if (folder.isAbsolute()) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void aDatabaseSurvivesItsPrimaryANodeOfOursAndASwitchover() throws Exception {
    FreePorts ports = new FreePorts(new Random());
    try (LocalCluster trivet = LocalCluster.at(folder, 3, List.of())) {
      trivet.startAll();
      trivet.awaitReady(PATIENCE);
      try (Database one =
              new Database("pg1", folder, ports.address(), ports.address(), trivet.endpoints());
          Database two =
              new Database("pg2", folder, ports.address(), ports.address(), trivet.endpoints())) {
        one.start();
        until(one, "primary");
        two.start();
        until(two, "synchronous");
        one.sql("create table rows (n int primary key)");
        insert(one);

        one.kill();
        until(two, "primary");
        assertHasAllRows(two);
        insert(two);

        NodeProcess lost = trivet.nodes().getFirst();
        lost.kill();
        one.start();
        until(one, "synchronous");
        assertThat(two.is("primary")).isTrue();
        assertHasAllRows(one);
        insert(two);

        trivet.start(lost);
        trivet.awaitReady(PATIENCE);
        one.switchoverFrom(two);
        until(one, "primary");
        assertHasAllRows(one);
        insert(one);
        until(two, "synchronous");
        assertHasAllRows(two);
        assertThat(one.patronictl("list"))
            .containsPattern("pg1 .*Leader .*running")
            .containsPattern("pg2 .*Sync Standby .*(running|streaming)");
      }
    }
  }

  private static void until(Database database, String role) {
    await(database.name() + " " + role).atMost(PATIENCE).until(() -> database.is(role));
  }

  /** Fifty more rows, acknowledged. */
  private void insert(Database primary) throws IOException, InterruptedException {
    primary.sql("insert into rows select generate_series(%d, %d)".formatted(rows + 1, rows + 50));
    rows += 50;
  }

  private void assertHasAllRows(Database database) {
    await(database.name() + " has all rows")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> database.sql("select count(*), max(n) from rows"), (rows + "|" + rows)::equals);
  }
}
