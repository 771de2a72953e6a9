package dev.trivet.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin on a real socket, with a cluster that takes connections and says nothing. */
final class VolumePluginTest {
  private static final String VOLUME = "{\"Name\":\"v1\",\"ID\":\"i1\",\"Opts\":null}";

  @TempDir private Path folder;
  private Path socket;
  private ServerSocket silentNode;
  private VolumePlugin plugin;
  private EngineConnection engine;

  @BeforeEach
  void start() throws IOException {
    socket = folder.resolve("plugins/trivet.sock");
    silentNode = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    plugin = startPlugin();
    engine = new EngineConnection(socket);
  }

  @AfterEach
  void stop() throws IOException {
    engine.close();
    plugin.close();
    silentNode.close();
  }

  private VolumePlugin startPlugin() throws IOException {
    return VolumePlugin.start(
        socket,
        folder.resolve("mounts"),
        TrivetClient.connect(List.of("127.0.0.1:" + silentNode.getLocalPort())));
  }

  @Test
  void theEngineFindsAVolumeDriverOfGlobalScope() throws IOException {
    Struct activated = engine.call("/Plugin.Activate", "");
    Struct capabilities = engine.call("/VolumeDriver.Capabilities", "{}");

    assertThat(activated.getFieldsOrThrow("Implements").getListValue().getValues(0))
        .hasFieldOrPropertyWithValue("stringValue", "VolumeDriver");
    assertThat(
            capabilities
                .getFieldsOrThrow("Capabilities")
                .getStructValue()
                .getFieldsOrThrow("Scope")
                .getStringValue())
        .isEqualTo("global");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Create", "Remove", "Get", "List", "Mount"})
  void aCallIsAnsweredWhileTheClusterIsSilent(String call) throws IOException {
    String error = engine.error("/VolumeDriver." + call, VOLUME);

    assertThat(error).contains("not done after 1800 ms").contains("ask again");
  }

  @Test
  void anUnmountOfAnIdThatWasNeverSeenIsDone() throws IOException {
    assertThat(engine.error("/VolumeDriver.Unmount", VOLUME)).isEmpty();
  }

  @Test
  void aVolumeThatIsNotMountedHereHasNoPath() throws IOException {
    Struct path = engine.call("/VolumeDriver.Path", VOLUME);

    assertThat(path.getFieldsOrThrow("Err").getStringValue()).isEmpty();
    assertThat(path.getFieldsOrThrow("Mountpoint").getStringValue()).isEmpty();
  }

  @Test
  void anUnknownOptionIsRefusedByName() throws IOException {
    String error =
        engine.error("/VolumeDriver.Create", "{\"Name\":\"v1\",\"Opts\":{\"size\":\"1g\"}}");

    assertThat(error).contains("'size'").contains("quota");
  }

  @Test
  void aQuotaThatIsNoNumberIsRefusedWithWhatIsAllowed() throws IOException {
    String error =
        engine.error("/VolumeDriver.Create", "{\"Name\":\"v1\",\"Opts\":{\"quota\":\"1x\"}}");

    assertThat(error).contains("'1x'").contains("k, m, g, t, p");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../up", "a/b", ".", ""})
  void aNameThatLeavesItsFolderIsRefused(String name) throws IOException {
    String error = engine.error("/VolumeDriver.Mount", "{\"Name\":\"" + name + "\",\"ID\":\"i\"}");

    assertThat(error).contains("volume name '" + name + "'");
  }

  @Test
  void aBodyThatIsNoJsonIsRefusedAndTheConnectionGoesOn() throws IOException {
    String error = engine.error("/VolumeDriver.Get", "{nonsense");

    assertThat(error).contains("no JSON");
    assertThat(engine.error("/Plugin.Activate", "")).isEmpty();
  }

  @Test
  void aCallThatTheProtocolDoesNotKnowIs404() throws IOException {
    assertThat(engine.status("/VolumeDriver.Shrink", "{}")).isEqualTo("HTTP/1.1 404 Not Found");
  }

  @Test
  void aSecondPluginLeavesTheServedSocketAlone() throws IOException {
    assertThatThrownBy(this::startPlugin)
        .isInstanceOf(TrivetException.class)
        .hasMessageContaining(socket.toString())
        .extracting(error -> ((TrivetException) error).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(engine.error("/Plugin.Activate", "")).isEmpty();
  }

  @Test
  void aSocketThatWasLeftBehindIsTakenOver() throws IOException {
    engine.close();
    plugin.close();
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(Files.exists(socket)).isTrue();

    plugin = startPlugin();
    engine = new EngineConnection(socket);

    assertThat(engine.error("/Plugin.Activate", "")).isEmpty();
  }
}
