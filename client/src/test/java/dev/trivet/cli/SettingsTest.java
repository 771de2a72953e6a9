package dev.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.client.SmallNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  private final CommandUse use = new CommandUse();

  @TempDir private Path folder;
  private SmallNode node;

  @BeforeEach
  void start() throws IOException {
    node = SmallNode.start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aFlagGoesBeforeTheEnvironmentThatBeforeTheFileAndThatBeforeTheDefault() throws IOException {
    String good = node.endpoint();
    String bad = "127.0.0.1:1";
    Path file = write("endpoints = " + bad + "\ntimeout = 0.2\n");
    Map<String, String> none = Map.of("TRIVET_CONFIG", file.toString());
    Map<String, String> set =
        Map.of("TRIVET_CONFIG", file.toString(), "TRIVET_ENDPOINTS", good, "TRIVET_TIMEOUT", "60");
    Map<String, String> wrong =
        Map.of("TRIVET_CONFIG", file.toString(), "TRIVET_ENDPOINTS", bad, "TRIVET_TIMEOUT", "60");

    assertThat(use.run(none, "put", "k", "v")).isEqualTo(4);
    assertThat(use.run(set, "put", "k", "v")).isZero();
    assertThat(use.run(wrong, "put", "k", "v", "--endpoints", good)).isZero();
    assertThat(use.run(Map.of(), "get", "k", "--config", write("get.limit = -1").toString()))
        .isEqualTo(2);
    assertThat(use.errors()).contains("limit is -1, at least 0 is needed");
  }

  @Test
  void aKeyThatIsNothingNamesTheNearest() throws IOException {
    int code = use.run(Map.of(), "version", "--config=" + write("endpoint = a:1"));

    assertThat(code).isEqualTo(2);
    assertThat(use.errors().getFirst())
        .endsWith("sets 'endpoint', which is nothing: did you mean 'endpoints'?");
  }

  @Test
  void aVariableThatIsNothingNamesTheNearest() {
    int code = use.run(Map.of("TRIVET_ENDPOINT", "a:1"), "version");

    assertThat(code).isEqualTo(2);
    assertThat(use.errors().getFirst()).endsWith("did you mean TRIVET_ENDPOINTS?");
  }

  @Test
  void whatOthersCallTrivetIsNoSetting() {
    Map<String, String> foreign =
        Map.of(
            "TRIVET_SERVICE_HOST", "10.0.0.1",
            "TRIVET_CLIENT_SERVICE_PORT", "2379",
            "TRIVET_PORT_2379_TCP_ADDR", "10.0.0.1",
            "TRIVET_HOST_1", "a",
            "TRIVET_LOCK_TOKEN", "5",
            "OTHER", "x");

    assertThat(use.run(foreign, "version", "-o", "value")).isZero();
  }

  @Test
  void aKeyThatIsSetTwiceAndAFileThatIsNotThereAreErrors() throws IOException {
    assertThat(use.run(Map.of(), "version", "--config", write("timeout=1\ntimeout=2").toString()))
        .isEqualTo(2);
    assertThat(use.run(Map.of(), "version", "--config", folder.resolve("none").toString()))
        .isEqualTo(2);

    assertThat(use.errors().getFirst()).contains("sets 'timeout' twice");
    assertThat(use.errors().get(2)).contains("cannot read the settings of");
  }

  private Path write(String text) throws IOException {
    Path file = Files.createTempFile(folder, "trivet", ".properties");
    Files.writeString(file, text);
    return file;
  }
}
