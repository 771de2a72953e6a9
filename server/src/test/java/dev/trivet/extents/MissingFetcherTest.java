package dev.trivet.extents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.proto.blobs.Extent;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Folders;
import dev.trivet.store.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MissingFetcherTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final byte[] PAYLOAD = Bytes.random(new Random(1), 700_000);

  @TempDir static Path folder;
  private static ThreeNodes nodes;

  @BeforeAll
  static void startThree() throws IOException {
    nodes = new ThreeNodes(folder);
  }

  @AfterAll
  static void stopAll() {
    nodes.close();
  }

  @BeforeEach
  void startThoseThatWereStopped() throws IOException {
    nodes.startAll();
  }

  @Test
  void aNodeThatMissedAnExtentFetchesIt() throws IOException {
    nodes.stop(2);
    Extent extent = upload();
    nodes.start(2);
    ExtentNode late = nodes.node(2);
    late.fetcher.start();
    await().atMost(PATIENCE).until(late.fetcher::isReconciled);

    nodes.commit(extent, 1000);
    ExtentId id = ExtentId.of(extent.getId());
    await().atMost(PATIENCE).until(() -> late.local.isHere(id));

    assertThat(Bytes.read(late.local, id, 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
    await().atMost(PATIENCE).until(() -> late.extents.missingCount() == 0);
  }

  @Test
  void aNewDiskIsFilledWithAllThatTheStateNames() throws IOException {
    Extent first = upload();
    Extent second = upload();
    nodes.commit(first, 1000);
    nodes.commit(second, 1000);
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.copies(id(first)) == 3 && nodes.copies(id(second)) == 3);
    Path extents = nodes.node(2).folder("extents");
    nodes.stop(2);
    Folders.deleteTree(extents);
    nodes.start(2);
    ExtentNode fresh = nodes.node(2);
    assertThat(fresh.local.count()).isZero();

    fresh.fetcher.start();

    await()
        .atMost(PATIENCE)
        .until(() -> fresh.local.isHere(id(first)) && fresh.local.isHere(id(second)));
    await().atMost(PATIENCE).until(() -> fresh.extents.missingCount() == 0);
    assertThat(Bytes.read(fresh.local, id(second), 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
  }

  @Test
  void aDamagedCopyIsHealed() throws IOException {
    Extent extent = upload();
    nodes.commit(extent, 1000);
    await().atMost(PATIENCE).until(() -> nodes.copies(id(extent)) == 3);
    ExtentNode node = nodes.node(0);
    Path file = node.file(id(extent));
    byte[] intact = Files.readAllBytes(file);
    byte[] damaged = intact.clone();
    damaged[1000] ^= 1;
    Files.write(file, damaged);
    Bytes.Collected collected = new Bytes.Collected();
    node.extents.read(id(extent), 0, 100, collected);
    assertThat(node.local.isHere(id(extent))).isFalse();

    node.fetcher.start();

    await().atMost(PATIENCE).until(() -> node.local.isHere(id(extent)));
    assertThat(Bytes.read(node.local, id(extent), 0, PAYLOAD.length)).isEqualTo(PAYLOAD);
    assertThat(node.local.damagedCount()).isZero();
  }

  @Test
  void anExtentThatNobodyHoldsIsFetchedWhenAHolderComesBack() throws IOException {
    nodes.stop(2);
    Extent extent = upload();
    nodes.start(2);
    ExtentNode late = nodes.node(2);
    nodes.commit(extent, 1000);
    nodes.stop(0);
    nodes.stop(1);
    late.fetcher.start();
    await().atMost(PATIENCE).until(() -> late.fetcher.failedCount() > 0);
    assertThat(late.extents.missingCount()).isPositive();

    nodes.start(1);

    await().atMost(PATIENCE).until(() -> late.local.isHere(id(extent)));
  }

  @Test
  void whatNothingRefersToAnyMoreIsNotFetched() throws IOException {
    nodes.stop(2);
    Extent extent = upload();
    nodes.start(2);
    ExtentNode late = nodes.node(2);
    nodes.commit(extent, 1000);
    nodes.delete(id(extent), 2000);
    // As a reader would that found damage at the moment of the release.
    late.store.putLocal(Table.MISSING, id(extent).toBytes(), new byte[] {1});

    late.fetcher.start();

    await().atMost(PATIENCE).until(() -> late.extents.missingCount() == 0);
    assertThat(late.local.isHere(id(extent))).isFalse();
    assertThat(late.fetcher.fetchedCount()).isZero();
  }

  private Extent upload() {
    try (ExtentStorage.Upload upload = nodes.node(0).extents.begin()) {
      upload.write(ByteBuffer.wrap(PAYLOAD));
      return upload.finish();
    }
  }

  private static ExtentId id(Extent extent) {
    return ExtentId.of(extent.getId());
  }
}
