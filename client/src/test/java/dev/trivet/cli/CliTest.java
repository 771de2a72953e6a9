package dev.trivet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.client.EtcdProcess;
import dev.trivet.client.TrivetClient;
import dev.trivet.locks.Held;
import dev.trivet.locks.Lock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CliTest {
  /** Loads have very many options, and users and TLS beside. */
  private static final long MANY_LINES = 66;

  private EtcdProcess etcd;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  void start(@TempDir Path folder) {
    etcd = EtcdProcess.start(folder);
  }

  @BeforeEach
  void forget() {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
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
  void everyFormSaysTheSame() {
    run("put", "form/a", "1");
    run("put", "form/b", "2");
    forget();

    run("get", "form/", "--prefix");
    run("get", "form/", "--prefix", "-o", "value", "--reverse");
    run("get", "form/", "--prefix", "-o", "yaml", "--limit", "1");
    run("get", "form/", "--prefix", "-o", "table", "--limit", "0", "--keys-only");
    run("get", "form/", "--prefix", "--count-only", "-o", "value");

    assertThat(out.toString().lines().filter(line -> !line.contains("_")))
        .startsWith("form/a\t1", "form/b\t2", "2", "1", "header:")
        .containsSubsequence("kvs:", "  version: \"1\"", "more: true", "count: \"2\"")
        .endsWith("form/a", "form/b", "2");
    run("get", "form/", "--prefix", "--limit", "1");
    assertThat(err.toString()).contains("(1 of 2 keys: see --limit)");
  }

  @Test
  void anErrorForProgramsIsOneObjectOnStandardError() {
    int code = run("get", "nothing-here", "-o", "json");

    assertThat(code).isEqualTo(3);
    assertThat(err.toString().lines().toList().getLast())
        .startsWith("{\"error\":\"KEY_NOT_FOUND\",\"message\":\"no key ")
        .endsWith("\"exit_code\":3}")
        .contains("\"next\":\"check the key");
  }

  @Test
  void aTransactionTellsByItsExitCodeWhetherItsComparesHeld() {
    int first =
        run("txn", "--when", "create(\"t\") = \"0\"", "--then", "put t 1", "--else", "get t");
    int second =
        run("txn", "--when", "create(\"t\") = \"0\"", "--then", "put t 2", "--else", "get t");

    assertThat(first).isZero();
    assertThat(second).isEqualTo(3);
    assertThat(out.toString().lines().toList()).containsExactly("SUCCESS", "OK", "FAILURE", "t\t1");
  }

  @Test
  void aLeaseIsGrantedUsedTimedAndRevoked() {
    assertThat(run("lease", "grant", "100", "--id", "abc")).isZero();
    assertThat(run("put", "leased", "v", "--lease", "abc")).isZero();
    assertThat(run("lease", "timetolive", "abc", "--keys")).isZero();
    assertThat(run("lease", "list", "-o", "value")).isZero();
    assertThat(run("lease", "keep-alive", "abc", "--seconds", "1")).isZero();
    assertThat(run("lease", "revoke", "abc")).isZero();
    assertThat(run("get", "leased")).isEqualTo(3);
    assertThat(run("lease", "keep-alive", "abc")).isEqualTo(3);
    assertThat(run("lease", "revoke", "xyz")).isEqualTo(2);

    assertThat(out.toString())
        .contains("lease abc, 100 s to live")
        .contains("leased")
        .contains("revoked lease abc");
  }

  @Test
  void aCommandRunsUnderALockAndGivesItsExitCode(@TempDir Path folder) {
    String file = folder.resolve("said").toString();

    int code =
        run("lock", "cli", "--", "sh", "-c", "echo $TRIVET_LOCK_TOKEN > " + file + "; exit 42");
    int none = run("lock", "cli", "--", "/no/such/program");

    assertThat(code).isEqualTo(42);
    assertThat(none).isEqualTo(1);
    assertThat(Path.of(file)).content().matches("[0-9]+\n");
  }

  @Test
  void whoDoesNotGetTheLockInTimeIsTold() throws Exception {
    try (TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint()));
        Held _ = new Lock(client, "taken", Duration.ofSeconds(30)).acquire(Duration.ofMinutes(1))) {
      assertThat(run("lock", "taken", "--wait", "1", "--", "true")).isEqualTo(7);
    }
    assertThat(err.toString()).contains("lock 'taken' did not come within 1 s");
  }

  @Test
  void aCommandIsEndedWhenItsLockIsLost(@TempDir Path folder) throws Exception {
    Path begun = folder.resolve("begun");
    String command = "touch " + begun + "; exec sleep 600";
    AtomicInteger code = new AtomicInteger(-1);
    Thread holder =
        Thread.ofVirtual()
            .start(() -> code.set(run("lock", "losing", "--ttl", "2", "--", "sh", "-c", command)));
    try (TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint()))) {
      ByteString prefix = ByteString.copyFromUtf8("losing/");
      await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(begun));

      long lease = client.keys().prefix(prefix, 1).getKvs(0).getLease();
      var _ = client.leases().revoke(lease);
      holder.join();
    }

    assertThat(code.get()).isEqualTo(1);
    assertThat(err.toString()).contains("it was lost: the lease has ended");
  }

  @Test
  void anElectionShowsItsLeader() {
    assertThat(run("elect", "--show", "nobody")).isEqualTo(3);

    String shown = "for i in 1 2 3 4 5; do true; done";
    assertThat(run("elect", "cli", "me", "--", "sh", "-c", shown)).isZero();
  }

  @Test
  void aRevisionIsCompactedOnce() {
    run("put", "c", "1");
    run("put", "c", "2", "-o", "json");

    assertThat(run("compact", "1")).isZero();
    assertThat(run("compact", "1")).isNotZero();
  }

  @Test
  void theCompletionIsAScriptThatBashReads() throws Exception {
    assertThat(CommandLineUnderTest.of(out, err).execute("completion")).isZero();

    Process bash = new ProcessBuilder("bash", "-n").start();
    bash.getOutputStream().write(out.toString().getBytes(UTF_8));
    bash.getOutputStream().close();
    assertThat(bash.waitFor()).isZero();
    assertThat(out.toString()).contains("transfer-leader");
  }

  @Test
  void everyCommandHasHelpThatFitsAScreen() {
    List<CommandLine> commands = new ArrayList<>(List.of(Cli.commandLine()));
    for (int i = 0; i < commands.size(); i++) {
      CommandLine command = commands.get(i);
      commands.addAll(command.getSubcommands().values());
      String name = command.getCommandSpec().qualifiedName();

      assertThat(command.getUsageMessage().lines().count())
          .as(command.getCommandSpec().qualifiedName())
          .isBetween(5L, name.startsWith("trivet bench ") ? MANY_LINES : 48L);
      assertThat(command.getCommandSpec().usageMessage().description())
          .as(command.getCommandSpec().qualifiedName())
          .isNotEmpty();
    }
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

  @Test
  void aBenchOfChurnShowsEachSampleAndTheVerdict() {
    int code =
        run(
            "bench",
            "churn",
            "--objects",
            "20",
            "--writers",
            "2",
            "--rate",
            "50",
            "--progress-every",
            "0",
            "--sample-every",
            "0.5",
            "--seconds",
            "1",
            "--warmup",
            "0",
            "-o",
            "json");

    assertThat(code).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(3)
        .anyMatch(row -> row.contains("\"disk_growth\":") && row.contains("\"violations\":0"));
  }

  @Test
  void aBenchOfChurnThatFindsGrowthIsAFailedCheck(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("file"), "some bytes");

    // A folder that does not change is once as large as before.
    int within = churnOf(data, "1.5");
    int beyond = churnOf(data, "0.5");

    assertThat(within).isZero();
    assertThat(beyond).isEqualTo(7);
    assertThat(err.toString())
        .contains("in the last quarter times the second: disk 1.000; allowed 0.500");
  }

  private int churnOf(Path data, String maxGrowth) {
    return run(
        "bench",
        "churn",
        "--objects=20",
        "--writers=2",
        "--rate=50",
        "--progress-every=0",
        "--sample-every=0.2",
        "--seconds=0.8",
        "--warmup=0",
        "--data=" + data,
        "--max-growth=" + maxGrowth);
  }

  @Test
  void aBenchOfGrowthWritesEveryKeyOnce() {
    int code =
        run(
            "bench",
            "grow",
            "--keys",
            "1030",
            "--puts-per-request",
            "50",
            "--writers",
            "4",
            "--seconds",
            "0.2",
            "--warmup",
            "0",
            "-o",
            "json");

    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("\"op\":\"load\",\"clients\":1030")
        .doesNotContain("\"errors\":1");
    out.getBuffer().setLength(0);
    assertThat(run("get", "bench/grow/", "--prefix", "--count-only", "-o", "value")).isZero();
    assertThat(out.toString().strip()).isEqualTo("1030");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    int end = all.contains("--") ? all.indexOf("--") : all.size();
    all.addAll(end, List.of("--endpoints", etcd.endpoint()));
    return CommandLineUnderTest.of(out, err).execute(all.toArray(String[]::new));
  }

  private static final class CommandLineUnderTest {
    static CommandLine of(StringWriter out, StringWriter err) {
      return Cli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }
  }
}
