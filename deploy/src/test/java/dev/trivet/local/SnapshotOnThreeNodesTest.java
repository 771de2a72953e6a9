package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.client.SnapshotFile;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster's keys go into a file, and from the file into another cluster. */
final class SnapshotOnThreeNodesTest {
  private static final int KEYS = 300;
  private static final int DAMAGES = 60;

  @TempDir private Path folder;

  @Test
  void aSavedFileIsRestoredIntoAFreshClusterEvenWhenTheFirstAttemptWasCutOff() throws Exception {
    Path file = folder.resolve("keys.snapshot");
    RangeResponse saved;
    SnapshotFile.About about;
    try (LocalCluster cluster = start("old");
        TrivetClient client = TrivetClient.connect(cluster.endpoints())) {
      for (int i = 0; i < KEYS; i++) {
        var _ = client.keys().put(put(i % (KEYS - 20), i));
      }
      about = client.snapshots().save(file, _ -> {});
      saved = client.keys().range(all());
    }
    assertThat(about.end().getKeys()).isEqualTo(KEYS - 20);
    assertThat(SnapshotFile.verify(file)).isEqualTo(about);

    try (LocalCluster cluster = start("new");
        TrivetClient client = TrivetClient.connect(cluster.endpoints())) {
      assertThatThrownBy(
              () ->
                  client
                      .snapshots()
                      .restore(
                          file,
                          rows -> {
                            if (rows > 0) {
                              throw new IllegalStateException("cut off");
                            }
                          }))
          .hasMessage("cut off");
      assertThatThrownBy(() -> client.keys().put(put(1, 1)))
          .isInstanceOfSatisfying(
              TrivetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESTORING));

      var _ = client.snapshots().restore(file, _ -> {});

      RangeResponse restored = client.keys().range(all());
      assertThat(restored.getKvsList()).isEqualTo(saved.getKvsList());
      assertThat(restored.getHeader().getRevision()).isEqualTo(saved.getHeader().getRevision());
      assertThatThrownBy(() -> client.snapshots().restore(file, _ -> {}))
          .isInstanceOfSatisfying(
              TrivetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.RESTORE_REFUSED));
    }
    everyDamageIsFound(file);
  }

  /** Bits turned, ends cut off, bytes added: of the file that a cluster has written. */
  private void everyDamageIsFound(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged");
    for (int seed = 0; seed < DAMAGES; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      switch (seed % 3) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        default -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(1000));
      }
      Files.write(damaged, bytes);
      assertThatThrownBy(() -> SnapshotFile.verify(damaged))
          .as("seed %d", seed)
          .isInstanceOfSatisfying(
              TrivetException.class,
              e -> assertThat(e.code()).isIn(ErrorCode.DATA_CORRUPT, ErrorCode.DATA_FOREIGN));
    }
  }

  private LocalCluster start(String name) throws IOException, InterruptedException {
    LocalCluster cluster =
        LocalCluster.at(folder.resolve(name), 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(Duration.ofMinutes(2));
    return cluster;
  }

  private static PutRequest put(int key, int value) {
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8("k%05d".formatted(key)))
        .setValue(ByteString.copyFromUtf8("v".repeat(1000) + value))
        .build();
  }

  private static RangeRequest all() {
    ByteString zero = ByteString.copyFrom(new byte[1]);
    return RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build();
  }
}
