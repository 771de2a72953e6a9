package dev.trivet.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real program's configuration, as a process. */
final class ServeConfigTest {
  @TempDir private Path folder;

  @Test
  void eachValueIsShownWithWhereItIsFrom() throws Exception {
    Path file = folder.resolve("trivet.properties");
    Files.writeString(
        file,
        "serve.data = /srv/trivet\nserve.raft = h:2380\nserve.name = from-file\nget.limit = 5\n");

    Run run =
        run(
            Map.of("TRIVET_SERVE_NAME", "n7", "TRIVET_SERVE_PEER", "h:2381"),
            "serve",
            "--client",
            "h:2379",
            "--config",
            file.toString(),
            "--print-config");

    assertThat(run.code()).as(run.text()).isZero();
    assertThat(run.text().lines())
        .contains(
            "serve.name = n7  # environment TRIVET_SERVE_NAME",
            "serve.peer = h:2381  # environment TRIVET_SERVE_PEER",
            "serve.client = h:2379  # flag --client",
            "serve.data = /srv/trivet  # file " + file,
            "serve.max-txn-ops = 128  # default");
  }

  @Test
  void aMisspeltSettingDoesNotStartANode() throws Exception {
    Run run = run(Map.of("TRIVET_SERVE_NAM", "n7"), "serve", "--client", "h:2379");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.text()).contains("did you mean TRIVET_SERVE_NAME?");
  }

  @Test
  void theKindOfTokensIsASettingAndAWrongOneDoesNotStartANode() throws Exception {
    String[] serve = {
      "serve",
      "--name",
      "n1",
      "--data",
      folder.resolve("data").toString(),
      "--raft",
      "h:1",
      "--peer",
      "h:2",
      "--client",
      "h:3",
      "--print-config"
    };
    Path file = folder.resolve("jwt.properties");
    Files.writeString(file, "serve.auth-token = jwt,sign-method=RS256,pub-key=/none\n");

    Run fine = run(Map.of("TRIVET_SERVE_AUTH_TOKEN", "simple"), serve);
    Run missing = run(Map.of("TRIVET_CONFIG", file.toString()), serve);
    Run unknown = run(Map.of("TRIVET_SERVE_AUTH_TOKEN", "jwt,public-key=x"), serve);

    assertThat(fine.text().lines())
        .contains("serve.auth-token = simple  # environment TRIVET_SERVE_AUTH_TOKEN");
    assertThat(missing.code()).as(missing.text()).isEqualTo(2);
    assertThat(missing.text()).contains("/none: there is no such file");
    assertThat(unknown.code()).as(unknown.text()).isEqualTo(2);
    assertThat(unknown.text()).contains("--auth-token: there is no option 'public-key'");
  }

  private record Run(int code, String text) {}

  private static Run run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), text);
    }
  }
}
