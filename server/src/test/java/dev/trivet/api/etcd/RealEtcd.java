package dev.trivet.api.etcd;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.trivet.Ports;
import dev.trivet.api.ApiCluster;
import dev.trivet.foreign.ForeignProgram;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd of one member on free loopback ports: what it answers is what we answer. */
final class RealEtcd implements AutoCloseable {
  final ManagedChannel channel;
  private final Process process;
  private final Path folder;

  RealEtcd() throws IOException {
    Path program = ForeignProgram.ETCD.require();
    folder = Files.createTempDirectory("real-etcd");
    List<Integer> ports = Ports.free(2);
    String client = "http://127.0.0.1:" + ports.get(0);
    String peer = "http://127.0.0.1:" + ports.get(1);
    process =
        new ProcessBuilder(
                program.toString(),
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", ports.get(0)).usePlaintext().build();
    RangeRequest any = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("none")).build();
    await()
        .atMost(ApiCluster.PATIENCE)
        .ignoreExceptions()
        .until(() -> KVGrpc.newBlockingStub(channel).range(any).getCount() == 0);
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    process.destroyForcibly();
    try {
      var _ = process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
