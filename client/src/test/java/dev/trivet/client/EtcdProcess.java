package dev.trivet.client;

import static org.awaitility.Awaitility.await;

import dev.trivet.foreign.ForeignProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member on free loopback ports; its data go away with the test's folder. */
public final class EtcdProcess implements AutoCloseable {
  private final Process process;
  private final String endpoint;

  private EtcdProcess(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts it and waits until it answers; the test is skipped where etcd is not installed. */
  public static EtcdProcess start(Path folder) {
    return start(folder, "127.0.0.1:" + freePort());
  }

  /** Starts it at the given client address, on the data that the folder may have already. */
  public static EtcdProcess start(Path folder, String endpoint) {
    Path program = ForeignProgram.ETCD.require();
    String peer = "http://127.0.0.1:" + freePort();
    String client = "http://" + endpoint;
    List<String> command =
        List.of(
            program.toString(),
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("etcd.log").toFile()))
              .start();
      EtcdProcess etcd = new EtcdProcess(process, endpoint);
      etcd.awaitAnswer();
      return etcd;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitAnswer() {
    try (TrivetClient client = TrivetClient.connect(List.of(endpoint))) {
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> client.keys().get(Texts.bytes("none")).isEmpty());
    }
  }

  public String endpoint() {
    return endpoint;
  }

  public long pid() {
    return process.pid();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
