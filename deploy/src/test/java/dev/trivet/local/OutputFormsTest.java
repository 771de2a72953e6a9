package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.cli.Cli;
import dev.trivet.client.TrivetClient;
import dev.trivet.locks.Election;
import dev.trivet.locks.Leading;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command in every form of output, at a node. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OutputFormsTest {
  private static final List<String> FORMS = List.of("table", "json", "yaml", "value");

  /** A field, an item of a list, what stands between two messages, or an empty message. */
  private static final String YAML_LINE =
      "---|\\{\\}| *(- )?(\"[^\"]+\"|[A-Za-z0-9_@]+):( .+)?| *-( .+)?";

  private static final String BENCH = "--seconds 0.2 --warmup 0 ";

  /**
   * Commands that are not here: those that put a volume into the file system need root and stay
   * until they are ended; one writes bytes as they are, in no form; and what they print is one path
   * or nothing.
   */
  private static final Set<String> ELSEWHERE =
      Set.of("mount", "umount", "volume-plugin", "blob cat");

  /**
   * How a command is used. In arguments {@code @} stands for something that no other use has.
   *
   * @param before what is done first, commands separated by semicolons; may be empty
   * @param value what {@code -o value} prints, a regular expression
   */
  private record Use(String command, String before, String arguments, int code, String value) {
    static Use of(String command, String arguments, String value) {
      return new Use(command, "", arguments, 0, value);
    }

    static Use after(String before, String command, String arguments, String value) {
      return new Use(command, before, arguments, 0, value);
    }

    static Use refused(String command, String arguments, int code) {
      return new Use(command, "", arguments, code, "");
    }
  }

  private static final List<Use> USES =
      List.of(
          Use.of("get", "form/key", "1\n"),
          Use.of("put", "form/key 1 --prev-kv", "1\n"),
          Use.after("put form/@ 1", "del", "form/@", "1\n"),
          Use.of("txn", "--then put_form/t_1", "(?s).*"),
          Use.of("watch", "form/key --rev 2 --count 1", "(1\n)+"),
          Use.of("lease grant", "60", "[0-9a-f]+\n"),
          Use.after("lease grant 60 --id a@", "lease revoke", "a@", ""),
          Use.after("lease grant 60 --id b@", "lease keep-alive", "b@ --seconds 1", ""),
          Use.after("lease grant 60 --id c@", "lease timetolive", "c@", "[0-9]+\n"),
          Use.after("lease grant 60 --id d@", "lease list", "", "([0-9a-f]+\n)+"),
          Use.of("lock", "form/lock", "[0-9]+\n"),
          Use.of("elect", "--show form/office", "me\n"),
          Use.of("blob mb", "form-@", ""),
          Use.after("blob mb gone-@", "blob rb", "gone-@", ""),
          Use.of("blob cp", "FILE trivet:forms/@", "[0-9a-f]{64}\n"),
          Use.after("blob cp FILE trivet:forms/gone-@", "blob rm", "forms/gone-@", ""),
          Use.of("blob ls", "forms/kept", "kept\n"),
          Use.of("volume create", "form-@", "form-[0-9]+\n"),
          Use.of("volume ls", "", "(?s).*kept\n.*"),
          Use.after("volume create gone-@", "volume rm", "gone-@", ""),
          Use.of("snapshot save", "FILE-@", "[0-9]+\n"),
          Use.of("snapshot verify", "SNAPSHOT", "[0-9]+\n"),
          Use.refused("snapshot restore", "SNAPSHOT", 6),
          Use.of("cluster status", "", "n1\n"),
          Use.of("cluster members", "", "n1\n"),
          Use.refused("cluster add", "nobody", 3),
          Use.of("cluster promote", "n1", "n1\n"),
          Use.refused("cluster remove", "nobody", 3),
          Use.of("cluster transfer-leader", "n1", "n1\n"),
          Use.of("doctor", "--folder .", "((ok|warn|fail)\n)+"),
          Use.of("bench kv", BENCH + "--op get --clients 2 --keys 10", "[0-9]+\\.[0-9]\n"),
          Use.of("bench lease", BENCH + "--leases 2", "[0-9]+\\.[0-9]\n"),
          Use.of("bench watch", BENCH + "--watchers 2", "[0-9]+\\.[0-9]\n"),
          Use.of(
              "bench grow",
              BENCH + "--keys 1000 --writers 2 --puts-per-request 100",
              "([0-9]+\\.[0-9]\n)+"),
          Use.of(
              "bench churn",
              BENCH + "--objects 10 --writers 2 --rate 50 --progress-every 0 --sample-every 0.1",
              "([0-9]+\\.[0-9]\n)+"),
          Use.of("completion", "", "(?s).*transfer-leader.*"),
          Use.of("version", "", ".+\n"),
          Use.after("put form/c@ 1", "compact", "REVISION", "[0-9]+\n"));

  private final Path folder;
  private LocalCluster cluster;
  private TrivetClient client;
  private Leading office;
  private int number = 1000;

  OutputFormsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  void start() throws Exception {
    cluster = LocalCluster.at(folder, 1, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(Duration.ofMinutes(2));
    client = TrivetClient.connect(cluster.endpoints());
    Files.writeString(folder.resolve("file"), "some bytes");
    for (String command :
        List.of(
            "put form/key 1",
            "blob cp --create-bucket FILE trivet:forms/kept",
            "volume create kept",
            "snapshot save SNAPSHOT")) {
      run(command);
    }
    office =
        new Election(client, "form/office", Duration.ofMinutes(5))
            .campaign(ByteString.copyFromUtf8("me"), Duration.ofMinutes(1));
  }

  @AfterAll
  void stop() {
    if (office != null) {
      office.close();
    }
    if (client != null) {
      client.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  static Stream<List<String>> commandsAndForms() {
    return USES.stream().flatMap(use -> FORMS.stream().map(form -> List.of(use.command, form)));
  }

  @ParameterizedTest
  @MethodSource("commandsAndForms")
  void aCommandPrintsWhatItsFormPromises(List<String> commandAndForm) throws Exception {
    String form = commandAndForm.getLast();
    Use use =
        USES.stream()
            .filter(each -> each.command.equals(commandAndForm.getFirst()))
            .findFirst()
            .orElseThrow();
    String own = Integer.toString(++number);
    for (String before : use.before.isEmpty() ? new String[0] : use.before.split(";")) {
      run(before.replace("@", own));
    }

    CommandRun ran =
        execute(words(use.command + " -o " + form + " " + use.arguments.replace("@", own)));

    if (use.command.equals("doctor")) {
      assertThat(ran.code()).as(ran.err()).isIn(0, 7);
    } else if (!use.command.equals("lock")) {
      assertThat(ran.code()).as(ran.err()).isEqualTo(use.code);
    }
    if (use.code == 0) {
      assertHasForm(ran.out(), form, use.value);
    } else {
      assertThat(ran.out()).isEmpty();
      assertErrorHasForm(ran.err(), form, use.code);
    }
  }

  @Test
  void everyCommandIsTriedInEveryForm() {
    Set<String> all = new TreeSet<>();
    collect(Cli.commandLine(), "", all);
    Set<String> tried = new TreeSet<>(USES.stream().map(Use::command).toList());
    tried.addAll(ELSEWHERE);

    assertThat(tried).isEqualTo(all);
  }

  private static void collect(CommandLine command, String name, Set<String> leaves) {
    if (command.getSubcommands().isEmpty()) {
      leaves.add(name.strip());
      assertThat(command.getCommandSpec().findOption("--output") != null)
          .as("%s has the option --output", name)
          .isEqualTo(!name.equals(" blob cat"));
    }
    command.getSubcommands().forEach((part, inner) -> collect(inner, name + " " + part, leaves));
  }

  private static void assertHasForm(String out, String form, String value)
      throws InvalidProtocolBufferException {
    switch (form) {
      case "json" -> {
        assertThat(out).isNotEmpty();
        for (String line : out.lines().toList()) {
          JsonFormat.parser().merge(line, Struct.newBuilder());
          assertThat(line).startsWith("{");
        }
      }
      case "yaml" -> {
        assertThat(out).isNotEmpty();
        assertThat(out.lines()).allMatch(line -> line.matches(YAML_LINE));
      }
      case "value" -> assertThat(out).matches(value);
      default -> assertThat(out).isNotBlank().doesNotStartWith("{");
    }
  }

  private static void assertErrorHasForm(String err, String form, int code)
      throws InvalidProtocolBufferException {
    if (form.equals("json") || form.equals("yaml")) {
      Struct.Builder error = Struct.newBuilder();
      JsonFormat.parser().merge(err.strip(), error);
      assertThat(error.getFieldsMap().keySet()).contains("error", "message", "next");
      assertThat(error.getFieldsOrThrow("exit_code").getNumberValue()).isEqualTo(code);
    } else {
      assertThat(err.lines().toList()).hasSize(2).last().asString().startsWith("next: ");
    }
  }

  private void run(String command) throws Exception {
    CommandRun ran = execute(words(command));
    assertThat(ran.code()).as("%s: %s", command, ran.err()).isZero();
  }

  /** A word's underscores are spaces. */
  private List<String> words(String command) {
    List<String> words = new ArrayList<>();
    for (String word : Arrays.asList(command.split(" +"))) {
      words.add(
          word.replace("FILE", folder.resolve("file").toString())
              .replace("SNAPSHOT", folder.resolve("snapshot").toString())
              .replace("REVISION", Long.toString(revision()))
              .replace('_', ' '));
    }
    String first = words.getFirst();
    if (!List.of("version", "completion").contains(first) && !words.contains("verify")) {
      words.addAll(List.of("--endpoints", cluster.endpoints().getFirst()));
    }
    return words;
  }

  private long revision() {
    return client.keys().prefix(ByteString.copyFromUtf8("form/key"), 1).getHeader().getRevision();
  }

  /** A lock is held until its command is ended, which is when it has said so. */
  private static CommandRun execute(List<String> words) throws InterruptedException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int[] code = {-1};
    Thread command =
        Thread.ofPlatform()
            .start(
                () ->
                    code[0] =
                        Cli.execute(
                            Cli.commandLine()
                                .setOut(new PrintWriter(out))
                                .setErr(new PrintWriter(err)),
                            words.toArray(String[]::new),
                            Cli::commandLine));
    if (words.getFirst().equals("lock")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> out.toString().contains("\n"));
      command.interrupt();
    }
    command.join();
    return new CommandRun(code[0], out.toString(), err.toString());
  }
}
