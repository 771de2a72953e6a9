package dev.trivet.api.health;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import dev.trivet.api.port.HttpReply;
import dev.trivet.extents.ExtentStorage;
import dev.trivet.replicate.CommandLog;
import dev.trivet.replicate.Leadership;
import dev.trivet.store.Store;
import dev.trivet.watch.WatchHub;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures in Prometheus's text format (0.0.4), read from where they live when they are asked for:
 * nothing is counted for them on any path.
 */
public final class Metrics {
  private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** proc(5): sizes in pages, the second field is what is resident. */
  private static final Path STATM = Path.of("/proc/self/statm");

  /** Of the machines that Trivet runs on. */
  private static final long PAGE_BYTES = 4096;

  private final CommandLog log;
  private final Store store;
  private final WatchHub hub;
  private final ExtentStorage extents;

  public Metrics(CommandLog log, Store store, WatchHub hub, ExtentStorage extents) {
    this.log = log;
    this.store = store;
    this.hub = hub;
    this.extents = extents;
  }

  HttpReply page() {
    StringBuilder page = new StringBuilder();
    long applied = Math.max(0, log.appliedIndex());
    Leadership leadership = log.leadership();
    gauge(page, "trivet_log_applied_index", "Last entry that is applied here.", applied);
    gauge(
        page,
        "trivet_log_committed_index",
        "Last entry that is known here to be committed.",
        Math.max(applied, log.committedIndex()));
    gauge(page, "trivet_term", "The highest term that is known here.", leadership.term());
    gauge(page, "trivet_is_leader", "1 on the node that leads.", one(leadership.isSelf()));
    gauge(
        page,
        "trivet_has_leader",
        "1 when a leader is known here.",
        one(leadership.leader() != null));
    gauge(page, "trivet_watches", "Watchers of keys on this node.", hub.watchCount());
    gauge(
        page,
        "trivet_missing_extents",
        "Extents that the state names and this node does not hold.",
        extents.missingCount());
    Store.Size size = store.size();
    gauge(page, "trivet_store_bytes", "Bytes that the tables take.", size.total());
    gauge(page, "trivet_store_live_bytes", "Bytes of the tables that are live.", size.live());
    addProcess(page);
    return new HttpReply(200, CONTENT_TYPE, ByteString.copyFromUtf8(page.toString()));
  }

  private static void addProcess(StringBuilder page) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    gauge(page, "jvm_heap_used_bytes", "Heap that is in use.", heap.getUsed());
    gauge(page, "jvm_heap_max_bytes", "Heap that may be used.", heap.getMax());
    gauge(page, "process_resident_memory_bytes", "Resident memory.", residentBytes());
    double startSeconds = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0;
    gauge(page, "process_start_time_seconds", "Start of the process since 1970.", startSeconds);
    gauge(
        page,
        "process_uptime_seconds",
        "Age of the process.",
        ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
  }

  private static long residentBytes() {
    try {
      String[] pages = Files.readString(STATM, US_ASCII).split(" ", 3);
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException e) {
      LOG.debug("{} cannot be read", STATM, e);
      return 0;
    }
  }

  private static int one(boolean is) {
    return is ? 1 : 0;
  }

  private static void gauge(StringBuilder page, String name, String help, double value) {
    line(page, name, help, String.format(Locale.ROOT, "%.3f", value));
  }

  private static void gauge(StringBuilder page, String name, String help, long value) {
    line(page, name, help, Long.toString(value));
  }

  private static void line(StringBuilder page, String name, String help, String number) {
    page.append("# HELP ").append(name).append(' ').append(help).append('\n');
    page.append("# TYPE ").append(name).append(" gauge\n");
    page.append(name).append(' ').append(number).append('\n');
  }
}
