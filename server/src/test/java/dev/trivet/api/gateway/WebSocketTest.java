package dev.trivet.api.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of the gateway over a WebSocket, by the JDK's client. */
@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class WebSocketTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiNode node;

  WebSocketTest(ApiCluster cluster) {
    node = cluster.follower(0);
  }

  /** What a socket hears: texts, and how it ended. */
  private static final class Ear implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence data, boolean isLast) {
      part.append(data);
      if (isLast) {
        heard.add(part.toString());
        part.setLength(0);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      heard.add("pong " + UTF_8.decode(message));
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      heard.add("failed: " + failure);
    }

    String next() throws InterruptedException {
      String line = heard.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing was heard");
      }
      return line;
    }
  }

  @Test
  void aWatchHearsWhatIsAskedAndTellsEachEventInAMessageOfItsOwn() throws Exception {
    Ear ear = new Ear();
    WebSocket socket = open("/v3/watch", ear);

    say(socket, create("sockets/a"));
    assertThat(ear.next()).startsWith("{\"result\":{").endsWith("}}").contains("\"created\":true");
    node.put("sockets/a", "1");
    assertThat(ear.next()).contains("\"value\":\"" + base64("1") + "\"");
    // A message may be cut, and hold two requests.
    socket.sendText("{\"progress_request\":{}}{\"cancel_", false).join();
    say(socket, "request\":{\"watch_id\":\"0\"}}");

    assertThat(ear.next() + ear.next()).contains("\"canceled\":true", "\"watch_id\":\"-1\"");
    socket.abort();
  }

  @Test
  void pingsAreAnsweredWhileAWatchIsSilentAndItGoesOnHearing() throws Exception {
    Ear ear = new Ear();
    WebSocket socket = open("/v3/watch", ear);

    say(socket, create("sockets/b"));
    assertThat(ear.next()).contains("\"created\":true");
    for (String word : List.of("who", "again")) {
      socket.sendPing(ByteBuffer.wrap(word.getBytes(UTF_8))).join();
      assertThat(ear.next()).isEqualTo("pong " + word);
    }
    say(socket, create("sockets/b"));
    assertThat(ear.next()).contains("\"created\":true");
    socket.abort();
  }

  @Test
  void whoClosesOrIsGoneWatchesNoMore() throws Exception {
    int before = node.watchCount();
    Ear ear = new Ear();
    WebSocket closing = open("/v3/watch", ear);
    say(closing, create("sockets/c"));
    assertThat(ear.next()).contains("\"created\":true");
    Ear other = new Ear();
    WebSocket going = open("/v3/watch", other);
    say(going, create("sockets/c"));
    assertThat(other.next()).contains("\"created\":true");
    assertThat(node.watchCount()).isEqualTo(before + 2);

    closing.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    going.abort();

    assertThat(ear.next()).isEqualTo("closed 1000");
    await().atMost(SOON).until(() -> node.watchCount() == before);
  }

  @Test
  void anErrorIsTheLastMessageAndThenTheSocketIsClosed() throws Exception {
    Ear ear = new Ear();
    WebSocket socket = open("/v3/watch", ear);

    say(socket, "{\"create_request\":[]}");

    assertThat(ear.next()).contains("\"code\":3");
    assertThat(ear.next()).isEqualTo("closed 1000");
  }

  @Test
  void onlyStreamsHaveSockets() {
    assertThatThrownBy(() -> open("/v3/kv/put", new Ear()))
        .isInstanceOf(CompletionException.class)
        .hasStackTraceContaining("status code 400");
  }

  private WebSocket open(String path, WebSocket.Listener listener) {
    return http.newWebSocketBuilder()
        .buildAsync(URI.create("ws://" + node.self.clientAddress() + path), listener)
        .join();
  }

  private static void say(WebSocket socket, String text) {
    var _ = socket.sendText(text, true).join();
  }

  private static String create(String key) {
    return "{\"create_request\":{\"key\":\"" + base64(key) + "\"}}";
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
