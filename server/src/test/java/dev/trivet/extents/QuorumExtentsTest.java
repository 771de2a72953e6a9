package dev.trivet.extents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.blobs.Extent;
import dev.trivet.state.entry.ExtentId;
import dev.trivet.store.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuorumExtentsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MIB = 1 << 20;

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
  void whatIsUploadedAnywhereIsReadEverywhere() {
    long seed = 20_261_124;
    Random random = new Random(seed);
    int[] sizes = {0, 1, 65_535, 65_536, 65_537, 262_144, 262_145, 3 * MIB + 17};

    for (int i = 0; i < 20; i++) {
      int size = i < sizes.length ? sizes[i] : random.nextInt(2 * MIB);
      byte[] payload = Bytes.random(random, size);
      Extent extent = upload(nodes.node(random.nextInt(3)), payload, random);
      ExtentId id = ExtentId.of(extent.getId());

      assertThat(extent.getSizeBytes()).isEqualTo(size);
      assertThat(extent.getCrc64()).isEqualTo(Bytes.crc64(payload));
      for (ExtentNode node : nodes.running()) {
        for (int n = 0; n < 4; n++) {
          int offset = random.nextInt(size + 1);
          int length = random.nextInt(size - offset + 1);
          assertThat(read(node, id, offset, length))
              .as("seed %d, upload %d: %d bytes at %d of %d", seed, i, length, offset, size)
              .isEqualTo(Arrays.copyOfRange(payload, offset, offset + length));
        }
      }
    }
  }

  @Test
  void anUploadReachesAllNodesThatAreUp() {
    byte[] payload = Bytes.random(new Random(1), 2 * MIB);

    ExtentId id = upload(nodes.node(0), payload);

    await().atMost(PATIENCE).until(() -> nodes.copies(id) == 3);
    for (ExtentNode node : nodes.running()) {
      assertThat(Bytes.read(node.local, id, 0, payload.length)).isEqualTo(payload);
    }
  }

  @Test
  void withOneNodeDownAnUploadIsOnTwoDisksWhenItIsFinished() {
    byte[] payload = Bytes.random(new Random(2), 2 * MIB);
    nodes.stop(2);

    ExtentId id = upload(nodes.node(0), payload);

    assertThat(nodes.copies(id)).isEqualTo(2);
  }

  @Test
  void aFinishedUploadIsOnAMajorityOfDisksAtThatMoment() {
    Random random = new Random(3);

    for (int i = 0; i < 12; i++) {
      ExtentId id = upload(nodes.node(i % 3), Bytes.random(random, 100_000));
      assertThat(nodes.copies(id)).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void withTwoNodesDownAnUploadIsRefused() {
    nodes.stop(1);
    nodes.stop(2);

    assertFails(ErrorCode.NO_QUORUM_FOR_DATA, () -> upload(nodes.node(0), new byte[10]));
    assertFails(ErrorCode.NO_QUORUM_FOR_DATA, () -> upload(nodes.node(0), new byte[20 * MIB]));
  }

  @Test
  void aNodeThatDiesInTheMiddleOfAnUploadIsDoneWithout() {
    byte[] payload = Bytes.random(new Random(4), 8 * MIB);
    ExtentId id;
    try (ExtentStorage.Upload upload = nodes.node(0).extents.begin()) {
      upload.write(ByteBuffer.wrap(payload, 0, MIB));
      nodes.stop(1);
      upload.write(ByteBuffer.wrap(payload, MIB, payload.length - MIB));
      id = ExtentId.of(upload.finish().getId());
    }

    assertThat(nodes.copies(id)).isEqualTo(2);
    assertThat(read(nodes.node(2), id, 0, payload.length)).isEqualTo(payload);
  }

  @Test
  void anUploadSucceedsWhenTheOwnDiskFailsAndBothOthersHoldIt() throws IOException {
    nodes.stop(0);
    Path extents = nodes.folder(0).resolve("extents");
    Folders.deleteTree(extents);
    nodes.start(0);
    ExtentNode broken = nodes.node(0);
    Folders.deleteTree(extents);
    byte[] payload = Bytes.random(new Random(5), 3 * MIB);

    ExtentId id = upload(broken, payload);

    assertThat(broken.local.isHere(id)).isFalse();
    assertThat(nodes.copies(id)).isEqualTo(2);
    assertThat(read(broken, id, 0, payload.length)).isEqualTo(payload);
    nodes.stop(0);
  }

  @Test
  void aNodeThatHangsHangsNobody() throws IOException {
    byte[] payload = Bytes.random(new Random(7), 20 * MIB);
    nodes.stop(2);
    long leftOut = nodes.node(0).extents.leftOutCount();
    ExtentId id;
    try (ServerSocket _ = deaf(2)) {
      id = upload(nodes.node(0), payload);
      assertThat(read(nodes.node(1), id, 0, 1000)).isEqualTo(Arrays.copyOf(payload, 1000));
    }

    assertThat(nodes.copies(id)).isEqualTo(2);
    assertThat(nodes.node(0).extents.leftOutCount()).isEqualTo(leftOut + 1);
  }

  @Test
  void whenAMajorityHangsAnUploadFailsInsteadOfWaitingForEver() throws IOException {
    ExtentNode node = nodes.node(0);
    QuorumExtents impatient =
        new QuorumExtents(
            node.local,
            node.store,
            node.channels,
            InstantSource.system(),
            new SecureRandom(),
            Duration.ofMillis(500));
    nodes.stop(1);
    nodes.stop(2);

    try (ServerSocket _ = deaf(1);
        ServerSocket _ = deaf(2);
        ExtentStorage.Upload upload = impatient.begin()) {
      assertFails(ErrorCode.NO_QUORUM_FOR_DATA, () -> upload.write(ByteBuffer.allocate(20 * MIB)));
    }
  }

  @Test
  void anUploadThatIsGivenUpLeavesNothing() throws IOException {
    List<String> before = filesOf(folder);

    try (ExtentStorage.Upload upload = nodes.node(0).extents.begin()) {
      upload.write(ByteBuffer.wrap(new byte[5 * MIB]));
      assertThat(filesOf(folder)).hasSizeGreaterThan(before.size());
    }

    await().atMost(PATIENCE).ignoreExceptions().until(() -> filesOf(folder).equals(before));
  }

  @Test
  void aDamagedCopyIsAnsweredFromAnotherNodeWithoutGapOrRepetition() throws IOException {
    byte[] payload = Bytes.random(new Random(6), 2 * MIB);
    ExtentId id = upload(nodes.node(0), payload);
    await().atMost(PATIENCE).until(() -> nodes.copies(id) == 3);
    Path file = nodes.node(0).file(id);
    byte[] bytes = Files.readAllBytes(file);
    bytes[MIB] ^= 1;
    Files.write(file, bytes);

    assertThat(read(nodes.node(0), id, 1000, payload.length - 1000))
        .isEqualTo(Arrays.copyOfRange(payload, 1000, payload.length));
    assertThat(nodes.node(0).local.isHere(id)).isFalse();
  }

  @Test
  void whatNobodyHoldsIsUnavailable() {
    ExtentId id = upload(nodes.node(0), new byte[1000]);
    await().atMost(PATIENCE).until(() -> nodes.copies(id) == 3);
    nodes.running().forEach(node -> node.local.delete(id));

    assertFails(ErrorCode.EXTENT_UNAVAILABLE, () -> read(nodes.node(0), id, 0, 1000));
  }

  @Test
  void aRangeBeyondTheExtentIsRefusedHereAndElsewhere() {
    ExtentId id = upload(nodes.node(0), new byte[1000]);
    await().atMost(PATIENCE).until(() -> nodes.copies(id) == 3);
    nodes.node(1).local.delete(id);

    assertFails(ErrorCode.INVALID_RANGE, () -> read(nodes.node(0), id, 1, 1000));
    assertFails(ErrorCode.INVALID_RANGE, () -> read(nodes.node(1), id, 1, 1000));
  }

  @Test
  void aFailureOfTheConsumerIsItsOwnAndHitsNoCopy() {
    ExtentId id = upload(nodes.node(0), new byte[1000]);
    IllegalStateException gone = new IllegalStateException("the client went away");

    assertThatThrownBy(
            () ->
                nodes
                    .node(0)
                    .extents
                    .read(
                        id,
                        0,
                        1000,
                        _ -> {
                          throw gone;
                        }))
        .isSameAs(gone);
  }

  private static ExtentId upload(ExtentNode node, byte[] payload) {
    return ExtentId.of(upload(node, payload, new Random(payload.length)).getId());
  }

  private static Extent upload(ExtentNode node, byte[] payload, Random random) {
    try (ExtentStorage.Upload upload = node.extents.begin()) {
      int at = 0;
      while (at < payload.length) {
        int step = Math.min(payload.length - at, 1 + random.nextInt(400_000));
        upload.write(ByteBuffer.wrap(payload, at, step));
        at += step;
      }
      return upload.finish();
    }
  }

  private static byte[] read(ExtentNode node, ExtentId id, long offset, long length) {
    Bytes.Collected collected = new Bytes.Collected();
    node.extents.read(id, offset, length, collected);
    return collected.bytes();
  }

  /** In a stopped node's place: the kernel takes connections, and nobody ever answers on them. */
  private static ServerSocket deaf(int node) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), nodes.port(node)));
    return socket;
  }

  private static List<String> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).filter(name -> name.contains(".extent")).sorted().toList();
    }
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TrivetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
