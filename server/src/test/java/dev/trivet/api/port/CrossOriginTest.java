package dev.trivet.api.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CrossOriginTest {
  private static final String ORIGIN = "access-control-allow-origin";

  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    http.close();
  }

  @Test
  void byDefaultAPageOfAnyOriginMayReadWhatEtcdLetsItRead() throws Exception {
    try (ClientPort port = port(CrossOrigin.ANY)) {
      HttpResponse<String> asked = send(port, "OPTIONS", "/v3/kv/range", "http://a.example");
      HttpResponse<String> answer = send(port, "GET", "/page", "http://a.example");

      assertThat(asked.statusCode()).isEqualTo(200);
      assertThat(asked.headers().map())
          .containsEntry(ORIGIN, List.of("*"))
          .containsEntry("access-control-allow-methods", List.of("POST, GET, OPTIONS, PUT, DELETE"))
          .containsEntry(
              "access-control-allow-headers", List.of("accept, content-type, authorization"));
      assertThat(answer.body()).isEqualTo("page");
      assertThat(answer.headers().map()).containsEntry(ORIGIN, List.of("*"));
    }
  }

  @Test
  void whereOriginsAreNamedOnlyTheirPagesMayRead() throws Exception {
    try (ClientPort port = port(CrossOrigin.parse("http://a.example, https://b.example:81"))) {
      HttpResponse<String> allowed = send(port, "GET", "/page", "https://b.example:81");
      HttpResponse<String> other = send(port, "OPTIONS", "/page", "https://b.example");

      assertThat(allowed.headers().map())
          .containsEntry(ORIGIN, List.of("https://b.example:81"))
          .containsEntry("vary", List.of("origin"));
      assertThat(other.headers().map()).doesNotContainKey(ORIGIN);
    }
  }

  @Test
  void anEmptyListAllowsNoPage() throws Exception {
    try (ClientPort port = port(CrossOrigin.parse(""))) {
      assertThat(send(port, "GET", "/page", "http://a.example").headers().map())
          .doesNotContainKey(ORIGIN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.example", "http://a.example/", "http://a.example,b", "http://"})
  void whatNoBrowserWouldCallAnOriginIsRefused(String list) {
    assertThatThrownBy(() -> CrossOrigin.parse(list))
        .hasMessageEndingWith("is no origin: allowed are * and SCHEME://HOST[:PORT]");
  }

  private static ClientPort port(CrossOrigin origins) throws IOException {
    ClientPort port =
        new ClientPort(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Served(
                List.of(),
                List.of(),
                Map.of("/page", _ -> HttpReply.text(200, "page")),
                Map.of(),
                origins));
    port.start();
    return port;
  }

  private HttpResponse<String> send(ClientPort port, String method, String path, String origin)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path))
            .header("Origin", origin)
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }
}
