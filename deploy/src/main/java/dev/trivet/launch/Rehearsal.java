package dev.trivet.launch;

import com.google.protobuf.ByteString;
import dev.trivet.bench.KeyBench;
import dev.trivet.bench.KeyLoad;
import dev.trivet.bench.Timing;
import dev.trivet.bench.WatchBench;
import dev.trivet.bench.WatchLoad;
import dev.trivet.bench.wire.Access;
import dev.trivet.cli.Cli;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.errors.TrivetException;
import dev.trivet.local.FreePorts;
import dev.trivet.logs.LogProvider;
import dev.trivet.node.Node;
import dev.trivet.node.NodeOptions;
import dev.trivet.node.founding.Founder;
import dev.trivet.peer.ClusterSecret;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Three nodes and their clients in one process, for some seconds of everything. The build runs it
 * once with {@code -XX:AOTCacheOutput}: the JVMs of later starts find the classes linked and know
 * which methods get hot, and serve at once what would otherwise take them minutes to warm up for.
 *
 * <p>{@code Rehearsal FOLDER SECONDS}; the folder must be empty.
 */
public final class Rehearsal {
  private static final int WRITERS = 32;
  private static final int CLIENTS = 64;
  private static final int WATCHERS = 300;
  private static final int BLOB_BYTES = 1 << 20;
  private static final int VALUE_BYTES = 256;
  private static final long RETRY_MILLIS = 100;
  private static final long LEADER_MILLIS = 700;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final String BUCKET = "rehearsal";

  private final List<Founder> founders = new ArrayList<>();
  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
    FreePorts ports = new FreePorts(new Random());
    for (String name : List.of("n1", "n2", "n3")) {
      founders.add(
          new Founder(
              name, new Founder.Addresses(ports.address(), ports.address(), ports.address())));
    }
  }

  public static void main(String[] arguments) throws Exception {
    // The command line is linked along with the rest: of clients, and of a node up to its settings.
    Cli.commandLine().getUsageMessage();
    Main.traceNoBuffers();
    LogProvider.choose();
    var _ = Cli.execute(Main.serveAlone(), new String[] {"serve", "--print-config"}, Main::all);
    int code = 1;
    try {
      new Rehearsal(Path.of(arguments[0])).run(Long.parseLong(arguments[1]));
      code = 0;
    } finally {
      // Whatever still runs: it is only a rehearsal.
      System.exit(code);
    }
  }

  private void run(long seconds) throws Exception {
    List<Node> nodes = new ArrayList<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<Node>> starting = new ArrayList<>();
      for (Founder founder : founders) {
        starting.add(threads.submit(() -> start(founder)));
      }
      for (Future<Node> node : starting) {
        nodes.add(node.get());
      }
      List<String> endpoints = founders.stream().map(f -> f.addresses().client()).toList();
      try (TrivetClient client = TrivetClient.connect(endpoints)) {
        play(client, threads, System.nanoTime() + seconds * NANOS_PER_SECOND);
      }
      // As a node starts that has a past.
      nodes.removeLast().close();
      nodes.add(start(founders.getLast()));
      for (String endpoint : endpoints) {
        ask(endpoint);
      }
      // Clients of etcd know no leader: what followers pass on is rehearsed only by them.
      for (KeyLoad.Op op : KeyLoad.Op.values()) {
        var _ =
            KeyBench.run(
                etcdClients(op, endpoints, Duration.ofSeconds(seconds).dividedBy(2)), Access.OPEN);
      }
      var _ =
          WatchBench.run(
              watchers(endpoints, Duration.ofSeconds(seconds).dividedBy(3)), Access.OPEN);
    } finally {
      threads.shutdownNow();
      for (Node node : nodes) {
        node.close();
      }
    }
  }

  private Node start(Founder founder) throws IOException, InterruptedException {
    return Node.start(
        new NodeOptions(
            founder.name(),
            folder.resolve(founder.name()),
            founder.addresses(),
            "",
            ClusterSecret.NONE,
            founders),
        cause -> System.err.println("a node of the rehearsal gave up: " + cause));
  }

  /** What is asked by HTTP before anything else: whether a node is ready, and how it is. */
  private static void ask(String endpoint) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String page : List.of("/readyz", "/livez", "/health", "/version", "/metrics")) {
        URI address = URI.create("http://" + endpoint + page);
        var _ =
            http.send(
                HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding());
      }
      var _ =
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + endpoint + "/v3/kv/range"))
                  .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"YQ==\"}"))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
    }
  }

  private static KeyLoad etcdClients(KeyLoad.Op op, List<String> endpoints, Duration duration) {
    return new KeyLoad(
        endpoints,
        1,
        op,
        CLIENTS,
        VALUE_BYTES,
        1_000,
        new Timing(Duration.ZERO, duration, List.of()));
  }

  private static WatchLoad watchers(List<String> endpoints, Duration duration) {
    return new WatchLoad(
        endpoints, 1, 2, WATCHERS, 0, VALUE_BYTES, new Timing(Duration.ZERO, duration, List.of()));
  }

  private static void play(TrivetClient client, ExecutorService threads, long end)
      throws ExecutionException, InterruptedException {
    WatchCreateRequest all =
        WatchCreateRequest.newBuilder().setKey(key("")).setRangeEnd(key("~")).build();
    try (Watch _ = client.watch(all, _ -> {})) {
      List<Future<?>> parts = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        parts.add(threads.submit(() -> steadily(end, number -> keys(client, writer, number))));
      }
      parts.add(threads.submit(() -> steadily(end, number -> blobs(client, number))));
      parts.add(threads.submit(() -> steadily(end, number -> volumes(client, number))));
      parts.add(threads.submit(() -> steadily(end, number -> leaders(client, number))));
      for (Future<?> part : parts) {
        part.get();
      }
    }
  }

  private interface Step {
    void take(long number) throws IOException, InterruptedException;
  }

  private static Void steadily(long end, Step step) throws IOException, InterruptedException {
    for (long number = 0; System.nanoTime() < end; number++) {
      try {
        step.take(number);
      } catch (TrivetException _) {
        // Before the first election, for instance.
        Thread.sleep(RETRY_MILLIS);
      }
    }
    return null;
  }

  private static void keys(TrivetClient client, int writer, long number) {
    ByteString name = key(writer + "/" + number % 100);
    var _ = client.keys().put(name, ByteString.copyFrom(new byte[VALUE_BYTES]));
    var _ = client.keys().get(name);
    if (number % 10 == 0) {
      var _ =
          client
              .keys()
              .range(
                  RangeRequest.newBuilder()
                      .setKey(key(writer + "/"))
                      .setRangeEnd(key(writer + "0"))
                      .setLimit(10)
                      .build());
      var _ = client.keys().delete(name);
    }
  }

  private static void blobs(TrivetClient client, long number) throws IOException {
    client.blobs().ensureBucket(BUCKET);
    PutBlobHeader header =
        PutBlobHeader.newBuilder().setBucket(BUCKET).setKey("b" + number % 10).build();
    var _ = client.blobs().put(header, () -> new ByteArrayInputStream(new byte[BLOB_BYTES]));
    var _ = client.blobs().get(BUCKET, header.getKey(), OutputStream.nullOutputStream());
  }

  private static void volumes(TrivetClient client, long number) {
    String name = "rehearsal-" + number;
    var _ = client.volumes().create(name, 0, true);
    client.volumes().delete(name);
    var _ = client.cluster().status();
  }

  /** A change of the leader is what nobody wants to wait for. */
  private static void leaders(TrivetClient client, long number) throws InterruptedException {
    Thread.sleep(LEADER_MILLIS);
    client.cluster().transferLeader("n" + (number % 3 + 1));
  }

  private static ByteString key(String name) {
    return ByteString.copyFromUtf8("rehearsal/" + name);
  }
}
