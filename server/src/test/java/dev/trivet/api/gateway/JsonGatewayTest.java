package dev.trivet.api.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.trivet.api.ApiCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class JsonGatewayTest {
  private static final String NUMBER = "\"hash\":[0-9]+[,}]";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String leader;
  private final String follower;

  JsonGatewayTest(ApiCluster cluster) {
    leader = cluster.leader().self.clientAddress();
    follower = cluster.follower(0).self.clientAddress();
  }

  @Test
  void whatIsPutAtOneNodeIsReadAtAnotherAndZeroesAreLeftOut() throws Exception {
    String key = base64("json/a");

    HttpResponse<String> put =
        post(
            follower,
            "/v3/kv/put",
            "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(key, base64("1")));
    HttpResponse<String> range = post(leader, "/v3/kv/range", "{\"key\":\"%s\"}".formatted(key));

    assertThat(put.statusCode()).isEqualTo(200);
    assertThat(put.body())
        .matches(
            "\\{\"header\":\\{\"cluster_id\":\"193\",\"member_id\":\"[1-3]\",\"revision\":\"[0-9]+\","
                + "\"raft_term\":\"[0-9]+\"}}");
    assertThat(range.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(range.body())
        .contains("\"kvs\":[{\"key\":\"" + key + "\",\"create_revision\":\"")
        .contains("\"version\":\"1\",\"value\":\"" + base64("1") + "\"}],\"count\":\"1\"}")
        .doesNotContain("lease", "more");
  }

  @Test
  void aTransactionIsGivenByNamesOrNumbers() throws Exception {
    String key = base64("json/t");
    String transaction =
        """
        {"compare":[{"key":"%1$s","target":"CREATE","result":"EQUAL","createRevision":0}],
         "success":[{"requestPut":{"key":"%1$s","value":"%2$s"}}],
         "failure":[{"request_delete_range":{"key":"%1$s","prev_kv":true}}],
         "unknown":1}
        """
            .formatted(key, base64("v"));

    String first = post(follower, "/v3/kv/txn", transaction).body();
    String second = post(leader, "/v3/kv/txn", transaction).body();

    assertThat(first).contains("\"succeeded\":true", "\"response_put\"");
    assertThat(second)
        .doesNotContain("succeeded")
        .contains("\"response_delete_range\"", "\"deleted\":\"1\"", "\"prev_kvs\":[{\"key\"");
  }

  @Test
  void aLeaseIsGrantedRenewedShownAndRevoked() throws Exception {
    String granted = post(follower, "/v3/lease/grant", "{\"TTL\":100}").body();
    String id = field(granted, "ID");
    String named = "{\"ID\":\"" + id + "\"}";

    assertThat(granted).contains("\"TTL\":\"100\"");
    assertThat(post(leader, "/v3/lease/keepalive", named).body())
        .startsWith("{\"result\":{\"header\":{")
        .endsWith("\"ID\":\"" + id + "\",\"TTL\":\"100\"}}\n");
    assertThat(post(leader, "/v3/lease/leases", "").body()).contains("{\"ID\":\"" + id + "\"}");
    assertThat(post(leader, "/v3/kv/lease/timetolive", named).body())
        .contains("\"grantedTTL\":\"100\"");
    assertThat(post(follower, "/v3/kv/lease/revoke", named).statusCode()).isEqualTo(200);
    assertThat(post(leader, "/v3/lease/timetolive", named).body()).contains("\"TTL\":\"-1\"");
    assertThat(post(leader, "/v3/lease/keepalive", named).body()).doesNotContain("TTL");
  }

  @Test
  void anErrorIsEtcdsWithItsStatusAndItsCode() throws Exception {
    HttpResponse<String> empty = post(leader, "/v3/kv/range", "");
    HttpResponse<String> unknown = post(follower, "/v3/lease/revoke", "{\"ID\":\"7\"}");
    HttpResponse<String> future =
        post(leader, "/v3/kv/compaction", "{\"revision\":\"1000000\",\"physical\":true}");

    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(empty.body())
        .isEqualTo(
            "{\"error\":\"etcdserver: key is not provided\",\"code\":3,"
                + "\"message\":\"etcdserver: key is not provided\"}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("\"code\":5", "etcdserver: requested lease not found");
    assertThat(future.statusCode()).isEqualTo(400);
    assertThat(future.body()).contains("\"code\":11");
  }

  @Test
  void numbersOf32BitsAreNumbersWithoutASign() throws Exception {
    String key = base64("json/hash");
    // Half of all hashes have the highest bit, which is a sign in Java.
    for (int i = 0; i < 8; i++) {
      var _ = post(leader, "/v3/kv/put", "{\"key\":\"%s\"}".formatted(key));
      assertThat(post(leader, "/v3/maintenance/hash", "").body()).containsPattern(NUMBER);
      assertThat(post(leader, "/v3/maintenance/hashkv", "").body()).containsPattern(NUMBER);
    }
  }

  @Test
  void whatAnElectionRefusesHasStatus500() throws Exception {
    String name = base64("json/election");
    String notLeading =
        "{\"leader\":{\"name\":\"%1$s\",\"key\":\"%1$s\",\"rev\":\"1\"}}".formatted(name);

    assertUnknown(
        post(leader, "/v3/election/leader", "{\"name\":\"%s\"}".formatted(name)),
        "election: no leader");
    assertUnknown(post(leader, "/v3/election/proclaim", notLeading), "election: not leader");
    assertUnknown(
        post(leader, "/v3/election/proclaim", "{}"), "\\\"leader\\\" field must be provided");
  }

  private static void assertUnknown(HttpResponse<String> refused, String text) {
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body())
        .isEqualTo("{\"error\":\"%1$s\",\"code\":2,\"message\":\"%1$s\"}".formatted(text));
  }

  @Test
  void whatCannotBeServedIsRefusedClearly() throws Exception {
    assertThat(post(leader, "/v3/kv/range", "{\"key\":").statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/kv/range", "[]").statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/kv/range", "{\"key\":\"%%\"}").statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/maintenance/downgrade", "{}").statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/nothing", "{}").statusCode()).isEqualTo(404);
    assertThat(get(leader, "/v3/kv/range").statusCode()).isEqualTo(405);
  }

  @Test
  void whatIsTooDeepIsRefusedAndTheNextRequestIsServed() throws Exception {
    String brackets = "[".repeat(200_000);
    String nested = "{\"success\":[{\"request_txn\":".repeat(500) + "{}" + "}]}".repeat(500);

    assertThat(post(leader, "/v3/kv/range", brackets).statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/kv/range", "{\"x\":" + brackets).statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/kv/txn", nested).statusCode()).isEqualTo(400);
    assertThat(post(leader, "/v3/maintenance/status", "").statusCode()).isEqualTo(200);
  }

  @Test
  void anEnumsUnknownNameIsRefusedAndNotTakenForItsZero() throws Exception {
    String compare = "{\"compare\":[{\"key\":\"YQ==\",\"target\":%s}]}";

    HttpResponse<String> refused = post(leader, "/v3/kv/txn", compare.formatted("\"CREATED\""));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("\"code\":3", "CREATED");
    assertThat(post(leader, "/v3/kv/txn", compare.formatted("1")).statusCode()).isEqualTo(200);
    assertThat(post(leader, "/v3beta/kv/txn", compare.formatted("\"MOD\"")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void membersAndStatusAreTold() throws Exception {
    String members = post(follower, "/v3/cluster/member/list", "").body();
    String status = post(follower, "/v3/maintenance/status", "").body();

    assertThat(members.split("\"clientURLs\":\\[\"http://", -1)).hasSize(4);
    assertThat(status)
        .contains("\"version\":\"3.5", "\"dbSize\":\"", "\"raftTerm\":\"", "\"leader\"");
  }

  private HttpResponse<String> post(String node, String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + node + path))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String node, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + node + path)).build(),
        BodyHandlers.ofString());
  }

  private static String field(String json, String name) throws Exception {
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(json, parsed);
    return parsed.getFieldsOrThrow(name).getStringValue();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
