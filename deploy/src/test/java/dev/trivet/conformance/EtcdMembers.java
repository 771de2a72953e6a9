package dev.trivet.conformance;

import static org.awaitility.Awaitility.await;

import dev.trivet.foreign.ForeignProgram;
import dev.trivet.local.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Members of a real etcd as processes, on free ports of loopback; the data stay in their folder.
 */
final class EtcdMembers implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(1);

  private final List<Process> processes = new ArrayList<>();
  private final List<String> endpoints = new ArrayList<>();

  /** Starts the members and waits until all answer. */
  static EtcdMembers start(Path folder, int size) throws IOException {
    Path program = ForeignProgram.ETCD.require();
    EtcdMembers members = new EtcdMembers();
    FreePorts ports = new FreePorts(new Random());
    List<String> peers = new ArrayList<>();
    List<String> founders = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.endpoints.add(ports.address());
      peers.add("http://" + ports.address());
      founders.add("n" + (i + 1) + "=" + peers.get(i));
    }
    for (int i = 0; i < size; i++) {
      String client = "http://" + members.endpoints.get(i);
      ProcessBuilder builder =
          new ProcessBuilder(
              program.toString(),
              "--name=n" + (i + 1),
              "--data-dir=" + folder.resolve("etcd" + (i + 1)),
              "--listen-client-urls=" + client,
              "--advertise-client-urls=" + client,
              "--listen-peer-urls=" + peers.get(i),
              "--initial-advertise-peer-urls=" + peers.get(i),
              "--initial-cluster=" + String.join(",", founders));
      members.processes.add(
          builder
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("etcd" + (i + 1) + ".log").toFile())
              .start());
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String endpoint : members.endpoints) {
        await().atMost(READY).ignoreExceptions().until(() -> isHealthy(http, endpoint));
      }
    }
    return members;
  }

  private static boolean isHealthy(HttpClient http, String endpoint)
      throws IOException, InterruptedException {
    return http.send(
                HttpRequest.newBuilder(URI.create("http://" + endpoint + "/health")).build(),
                BodyHandlers.discarding())
            .statusCode()
        == 200;
  }

  List<String> endpoints() {
    return List.copyOf(endpoints);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    for (Process process : processes) {
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
