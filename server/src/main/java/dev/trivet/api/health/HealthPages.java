package dev.trivet.api.health;

import dev.trivet.api.port.HttpCall;
import dev.trivet.api.port.HttpHandler;
import dev.trivet.api.port.HttpReply;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.entry.Counter;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The pages of a node's health.
 *
 * <ul>
 *   <li>{@code /livez}: the process answers.
 *   <li>{@code /readyz}: it could serve a linearizable read now.
 *   <li>{@code /health}: the same as etcd's clients read it.
 *   <li>{@code /version}: etcd's API version, and Trivet's own.
 *   <li>{@code /metrics}: figures for Prometheus.
 * </ul>
 */
public final class HealthPages {
  private static final long BARRIER_SECONDS = 1;

  private final CommandLog log;
  private final Store store;

  private HealthPages(CommandLog log, Store store) {
    this.log = log;
    this.store = store;
  }

  /**
   * Handlers by path.
   *
   * @param etcdVersion the version of etcd whose API is served
   * @param version Trivet's own
   */
  public static Map<String, HttpHandler> handlers(
      CommandLog log, Store store, Metrics metrics, String etcdVersion, String version) {
    HealthPages pages = new HealthPages(log, store);
    String versions =
        "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"trivet\":\"%s\"}"
            .formatted(etcdVersion, etcdVersion.replaceFirst("\\.[0-9]+$", ".0"), version);
    return Map.of(
        "/livez", _ -> HttpReply.text(200, "ok\n"),
        "/readyz", pages::ready,
        "/health", pages::health,
        "/version", _ -> HttpReply.json(200, versions),
        "/metrics", _ -> metrics.page());
  }

  private HttpReply ready(HttpCall call) throws InterruptedException {
    String reason = whyNot();
    return reason.isEmpty()
        ? HttpReply.text(200, "ok\n")
        : HttpReply.text(503, "not ready: " + reason + "\n");
  }

  /**
   * As in etcd, {@code serializable=true} asks for the process alone, and {@code exclude=NOSPACE}
   * takes a cluster without space for healthy.
   */
  private HttpReply health(HttpCall call) throws InterruptedException {
    String query = "&" + call.query() + "&";
    boolean isLocal = query.contains("&serializable=true&");
    if (!query.contains("&exclude=NOSPACE&") && hasSpaceAlarm()) {
      return HttpReply.json(503, "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
    }
    return isLocal || whyNot().isEmpty()
        ? HttpReply.json(200, "{\"health\":\"true\",\"reason\":\"\"}")
        : HttpReply.json(503, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}");
  }

  private boolean hasSpaceAlarm() {
    try (ReadView view = store.view()) {
      return Counter.SPACE_ALARMS.in(view) > 0;
    }
  }

  /** Empty when a linearizable read could be served. */
  private String whyNot() throws InterruptedException {
    try {
      log.readBarrier().get(BARRIER_SECONDS, TimeUnit.SECONDS);
      return "";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    } catch (TimeoutException _) {
      return "no read barrier within " + BARRIER_SECONDS + " s";
    }
  }
}
