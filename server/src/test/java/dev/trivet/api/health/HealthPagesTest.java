package dev.trivet.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.AlarmType;
import dev.trivet.proto.etcd.MaintenanceGrpc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class HealthPagesTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiCluster cluster;

  HealthPagesTest(ApiCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void everyNodeOfAWholeClusterIsLiveReadyAndHealthy() throws Exception {
    String node = cluster.follower(0).self.clientAddress();

    assertThat(get(node, "/livez").statusCode()).isEqualTo(200);
    assertThat(get(node, "/readyz").body()).isEqualTo("ok\n");
    assertThat(get(node, "/health").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
    assertThat(get(node, "/version").body())
        .contains("\"etcdserver\":\"3.5.", "\"etcdcluster\":\"3.5.0\"", "\"trivet\":\"");
  }

  @Test
  void everyFigureIsInPrometheussFormat() throws Exception {
    HttpResponse<String> page = get(cluster.leader().self.clientAddress(), "/metrics");

    assertThat(page.headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    assertThat(page.body().lines())
        .allMatch(
            line ->
                line.matches("# HELP [a-z_]+ .*\\.")
                    || line.matches("# TYPE [a-z_]+ gauge")
                    || line.matches("[a-z_]+ [0-9]+(\\.[0-9]+)?"))
        .contains("trivet_is_leader 1", "trivet_has_leader 1", "trivet_missing_extents 0")
        .anyMatch(line -> line.matches("process_resident_memory_bytes [1-9][0-9]{6,}"))
        .anyMatch(line -> line.matches("trivet_log_applied_index [1-9][0-9]*"));
  }

  @Test
  void aClusterWithoutSpaceIsUnhealthyUnlessThatIsNotAskedFor() throws Exception {
    String node = cluster.leader().self.clientAddress();
    setNoSpace(AlarmRequest.AlarmAction.ACTIVATE);
    try {
      HttpResponse<String> refused = get(node, "/health");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
      assertThat(get(node, "/health?exclude=NOSPACE").statusCode()).isEqualTo(200);
    } finally {
      setNoSpace(AlarmRequest.AlarmAction.DEACTIVATE);
    }
    assertThat(get(node, "/health").statusCode()).isEqualTo(200);
  }

  private void setNoSpace(AlarmRequest.AlarmAction action) {
    var _ =
        MaintenanceGrpc.newBlockingStub(cluster.leader().channel)
            .alarm(
                AlarmRequest.newBuilder()
                    .setAlarm(AlarmType.NOSPACE)
                    .setAction(action)
                    .setMemberID(4711)
                    .build());
  }

  private HttpResponse<String> get(String node, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + node + path)).build(),
        BodyHandlers.ofString());
  }
}
