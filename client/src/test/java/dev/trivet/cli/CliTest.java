package dev.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.client.EtcdProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CliTest {
  private EtcdProcess etcd;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  void start(@TempDir Path folder) {
    etcd = EtcdProcess.start(folder);
  }

  @AfterAll
  void stop() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void aValueIsPutPrintedAndDeleted() {
    int put = run("put", "k1", "v1");
    int get = run("get", "k1");

    assertThat(put).isZero();
    assertThat(get).isZero();
    assertThat(out.toString()).endsWith("v1" + System.lineSeparator());
    assertThat(run("del", "k1")).isZero();
    assertThat(run("get", "k1")).isEqualTo(3);
  }

  @Test
  void anErrorSaysWhatHappenedAndWhatToDoNext() {
    int code = run("get", "nothing-here");

    assertThat(code).isEqualTo(3);
    assertThat(err.toString().lines().toList())
        .endsWith("no key 'nothing-here'", "next: check the key's spelling");
  }

  @Test
  void aWrongUseHasItsOwnExitCode() {
    int code = CommandLineUnderTest.of(out, err).execute("put", "only-a-key");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("VALUE").contains("next: see 'trivet put --help'");
  }

  @Test
  void jsonHasTheGatewaysForm() {
    run("put", "j", "v");

    run("get", "j", "-o", "json");

    assertThat(out.toString()).contains("\"key\":\"ag==\"").contains("\"value\":\"dg==\"");
  }

  @Test
  void aWatchPrintsChangesFromARevisionOn() {
    run("put", "w", "1");
    run("del", "w");

    int code = run("watch", "w", "--rev", "1", "--count", "2");

    assertThat(code).isZero();
    assertThat(out.toString().lines().toList()).endsWith("PUT\tw\t1", "DELETE\tw\t");
  }

  @Test
  void aBenchCountsOperationsAndTheServersCpu() {
    int code =
        run(
            "bench",
            "kv",
            "--op",
            "get",
            "--clients",
            "4",
            "--keys",
            "10",
            "--seconds",
            "0.5",
            "--warmup",
            "0.1",
            "--pids",
            Long.toString(etcd.pid()),
            "-o",
            "json");

    assertThat(code).isZero();
    assertThat(out.toString()).contains("\"op\":\"get\"").contains("\"errors\":0");
    assertThat(out.toString()).doesNotContain("\"server_rss_mib\":0.0");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--endpoints");
    all.add(etcd.endpoint());
    return CommandLineUnderTest.of(out, err).execute(all.toArray(String[]::new));
  }

  private static final class CommandLineUnderTest {
    static CommandLine of(StringWriter out, StringWriter err) {
      return Cli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }
  }
}
