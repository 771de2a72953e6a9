package dev.trivet.api.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.ApiNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(ApiCluster.Shared.class)
final class JsonStreamsTest {
  private static final Pattern WATCHES = Pattern.compile("(?m)^trivet_watches ([0-9.]+)$");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiNode node;
  private final String address;

  JsonStreamsTest(ApiCluster cluster) {
    node = cluster.follower(0);
    address = node.self.clientAddress();
  }

  @Test
  void aWatchThatIsPostedWholeSaysAtOnceThatItIsThereAndGoesOn() throws Exception {
    try (JsonStream watch = JsonStream.post(address, "/v3/watch", create("streams/a"))) {
      String created = watch.line();
      node.put("streams/a", "1");
      String event = watch.line();

      assertThat(created)
          .startsWith("{\"result\":{\"header\":{")
          .contains("\"created\":true")
          .doesNotContain("watch_id");
      assertThat(event)
          .contains("\"events\":[{\"kv\":{\"key\":\"" + base64("streams/a") + "\"")
          .contains("\"value\":\"" + base64("1") + "\"")
          .doesNotContain("\"type\"");
    }
  }

  @Test
  void aStreamThatWasGivenATimeEndsWithItInALastLine() throws Exception {
    HttpResponse<String> ended =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + address + "/v3/watch"))
                .header("Grpc-Timeout", "500m")
                .POST(BodyPublishers.ofString(create("streams/time")))
                .build(),
            BodyHandlers.ofString());

    assertThat(ended.body().lines())
        .satisfiesExactly(
            first -> assertThat(first).contains("\"created\":true"),
            last ->
                assertThat(last)
                    .contains("\"grpc_code\":4", "\"message\":\"context deadline exceeded\""));
  }

  @Test
  void aWatchHearsWhatItsBodyStillSays() throws Exception {
    try (JsonStream watch = JsonStream.open(address, "/v3/watch")) {
      watch.say(create("streams/b"));
      assertThat(watch.line()).contains("\"created\":true");

      // Requests may be cut anywhere.
      watch.say("{\"progress_");
      watch.say("request\":{}} \n {\"cancel_request\"");
      watch.say(":{\"watch_id\":\"0\"}}" + create("streams/c"));

      assertThat(watch.line()).contains("\"watch_id\":\"-1\"");
      assertThat(watch.line()).contains("\"canceled\":true");
      assertThat(watch.line()).contains("\"created\":true", "\"watch_id\":\"1\"");
      node.put("streams/c", "1");
      assertThat(watch.line()).contains("\"watch_id\":\"1\"", "\"events\"");
    }
  }

  @Test
  void anErrorInAStreamIsItsLastLine() throws Exception {
    try (JsonStream watch = JsonStream.open(address, "/v3/watch")) {
      watch.say(create("streams/d"));
      assertThat(watch.line()).contains("\"created\":true");

      watch.say("nothing of JSON");

      assertThat(watch.line())
          .startsWith("{\"error\":{\"grpc_code\":3,\"http_code\":400,\"message\":\"")
          .contains("\"http_status\":\"Bad Request\",\"code\":3}}");
      assertThat(watch.rest()).isEmpty();
    }
    HttpResponse<String> refused = post("/v3/watch", "{\"create_request\":");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("the body ends inside a JSON object");
  }

  @Test
  void theWatchersOfAClientThatHasGoneAreCancelled() throws Exception {
    double before = watches();
    JsonStream watch = JsonStream.post(address, "/v3/watch", create("streams/e"));
    assertThat(watch.line()).contains("\"created\":true");
    assertThat(watches()).isEqualTo(before + 1);

    watch.close();

    await().atMost(ApiCluster.PATIENCE).until(() -> watches() == before);
  }

  @Test
  void aClientThatDoesNotReadHoldsNobodyUpAndMissesNothing() throws Exception {
    String value = "v".repeat(60_000);
    try (JsonStream slow = JsonStream.post(address, "/v3/watch", create("streams/f"));
        JsonStream quick = JsonStream.post(address, "/v3/watch", create("streams/f"))) {
      assertThat(slow.line()).contains("\"created\":true");
      assertThat(quick.line()).contains("\"created\":true");
      List<Long> quickly = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        node.put("streams/f", value + i);
        // While nine megabytes wait for the slow one.
        quickly.addAll(revisions(quick.line()));
      }

      List<Long> slowly = new ArrayList<>();
      while (slowly.size() < quickly.size()) {
        slowly.addAll(revisions(slow.line()));
      }

      assertThat(quickly).hasSize(150);
      assertThat(slowly).isEqualTo(quickly);
    }
  }

  @Test
  void aRenewalIsOneLineAndTheAnswersEnd() throws Exception {
    String granted = post("/v3/lease/grant", "{\"TTL\":100}").body();
    String id = field(granted, "ID");

    HttpResponse<String> renewed =
        post("/v3/lease/keepalive", "{\"ID\":\"" + id + "\"}{\"ID\":\"5\"}");

    List<String> lines = renewed.body().lines().toList();
    assertThat(renewed.statusCode()).isEqualTo(200);
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst())
        .startsWith("{\"result\":{\"header\":{")
        .endsWith("\"ID\":\"" + id + "\",\"TTL\":\"100\"}}");
    assertThat(lines.getLast()).endsWith("\"ID\":\"5\"}}").doesNotContain("TTL");
  }

  @Test
  void aSnapshotsPiecesMakeAWholeFile() throws Exception {
    node.put("streams/g", "x".repeat(100_000));

    List<String> lines = post("/v3/maintenance/snapshot", "").body().lines().toList();

    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String line : lines.subList(0, lines.size() - 1)) {
      digest.update(blob(line));
    }
    assertThat(lines).hasSizeGreaterThan(2);
    assertThat(blob(lines.getLast())).isEqualTo(digest.digest());
  }

  private double watches() throws Exception {
    String page =
        http.send(
                HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    Matcher found = WATCHES.matcher(page);
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String create(String key) {
    return "{\"create_request\":{\"key\":\"%s\",\"filters\":[]}}".formatted(base64(key));
  }

  private static List<Long> revisions(String line) {
    Matcher found = Pattern.compile("\"mod_revision\":\"([0-9]+)\"").matcher(line);
    return found.results().map(each -> Long.parseLong(each.group(1))).toList();
  }

  private static byte[] blob(String line) throws Exception {
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(line, parsed);
    Struct result = parsed.getFieldsOrThrow("result").getStructValue();
    return Base64.getDecoder().decode(result.getFieldsOrThrow("blob").getStringValue());
  }

  private static String field(String json, String name) throws Exception {
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(json, parsed);
    return parsed.getFieldsOrThrow(name).getStringValue();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
