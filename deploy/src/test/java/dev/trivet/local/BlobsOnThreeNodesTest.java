package dev.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.client.Blobs;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.api.ListBlobsRequest;
import dev.trivet.proto.api.ListBlobsResponse;
import dev.trivet.proto.api.ListedBlob;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The library's promises for blobs. The nodes start once; the test that kills one is the last. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BlobsOnThreeNodesTest {
  private static final String BUCKET = "test-bucket";
  private static final int LARGE_BYTES = 12 << 20;

  private LocalCluster cluster;
  private TrivetClient client;
  private Blobs blobs;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    cluster = LocalCluster.at(folder, 3, List.of("-XX:TieredStopAtLevel=1"));
    cluster.startAll();
    cluster.awaitReady(Duration.ofMinutes(2));
    client = TrivetClient.connect(cluster.endpoints());
    blobs = client.blobs();
    blobs.ensureBucket(BUCKET);
  }

  @AfterAll
  void stop() {
    client.close();
    cluster.close();
  }

  @Test
  void whatIsPutThroughOneNodeIsReadThroughAnother() throws IOException {
    byte[] content = randomBytes(1, LARGE_BYTES);

    try (TrivetClient first = only(0);
        TrivetClient second = only(1)) {
      first.blobs().put(header("large"), new ByteArrayInputStream(content));
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      Manifest manifest = second.blobs().get(BUCKET, "large", read);

      assertThat(read.toByteArray()).isEqualTo(content);
      assertThat(manifest.getSizeBytes()).isEqualTo(LARGE_BYTES);
    }
  }

  @Test
  void anEmptyBlobIsABlob() throws IOException {
    blobs.put(header("empty"), new ByteArrayInputStream(new byte[0]));

    ByteArrayOutputStream read = new ByteArrayOutputStream();
    blobs.get(BUCKET, "empty", read);

    assertThat(read.size()).isZero();
    assertThat(blobs.head(BUCKET, "empty").getSizeBytes()).isZero();
  }

  @Test
  void aPartIsTheBytesFromItsOffsetOn() throws IOException {
    byte[] content = randomBytes(2, 700_000);
    blobs.put(header("part"), new ByteArrayInputStream(content));

    ByteArrayOutputStream middle = new ByteArrayOutputStream();
    blobs.get(BUCKET, "part", 300_001, 200_000, middle);
    ByteArrayOutputStream beyond = new ByteArrayOutputStream();
    blobs.get(BUCKET, "part", 699_999, 500, beyond);

    assertThat(middle.toByteArray()).isEqualTo(slice(content, 300_001, 200_000));
    assertThat(beyond.toByteArray()).isEqualTo(slice(content, 699_999, 1));
  }

  @Test
  void contentWithoutThePromisedDigestIsRefused() {
    PutBlobHeader header =
        header("digest").toBuilder().setSha256(ByteString.copyFrom(new byte[32])).build();

    assertRefused(
        ErrorCode.BAD_DIGEST, () -> blobs.put(header, new ByteArrayInputStream(new byte[10])));
    assertRefused(ErrorCode.OBJECT_NOT_FOUND, () -> blobs.head(BUCKET, "digest"));
  }

  @Test
  void aPutThatMustBeTheFirstIsRefusedTheSecondTime() throws IOException {
    PutBlobHeader header =
        header("once").toBuilder()
            .setPrecondition(Precondition.newBuilder().setMustBeAbsent(true))
            .build();
    blobs.put(header, new ByteArrayInputStream(new byte[] {1}));

    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> blobs.put(header, new ByteArrayInputStream(new byte[] {2})));
  }

  @Test
  void aDeletedBlobIsGone() throws IOException {
    blobs.put(header("deleted"), new ByteArrayInputStream(new byte[] {1}));

    blobs.delete(BUCKET, "deleted");

    assertRefused(
        ErrorCode.OBJECT_NOT_FOUND,
        () -> blobs.get(BUCKET, "deleted", OutputStream.nullOutputStream()));
  }

  @Test
  void aBucketThatIsNotThereIsNamedSo() {
    assertRefused(
        ErrorCode.BUCKET_NOT_FOUND,
        () ->
            blobs.put(
                header("x").toBuilder().setBucket("no-such-bucket").build(),
                new ByteArrayInputStream(new byte[] {1})));
  }

  @Test
  void pagesTogetherHoldEveryBlobOnce() throws IOException {
    for (int i = 0; i < 7; i++) {
      blobs.put(header("page/" + i), new ByteArrayInputStream(new byte[] {1}));
    }

    List<String> all = new ArrayList<>();
    blobs.forEach(BUCKET, "page/", blob -> all.add(blob.getKey()));
    ListBlobsResponse page =
        blobs.list(
            ListBlobsRequest.newBuilder()
                .setBucket(BUCKET)
                .setPrefix("page/")
                .setStartAfter("page/1")
                .setLimit(3)
                .build());

    assertThat(all)
        .containsExactly("page/0", "page/1", "page/2", "page/3", "page/4", "page/5", "page/6");
    assertThat(page.getBlobsList())
        .extracting(ListedBlob::getKey)
        .containsExactly("page/2", "page/3", "page/4");
    assertThat(page.getMore()).isTrue();
  }

  @Test
  void aBucketIsDeletedOnlyWhenItIsEmpty() throws IOException {
    blobs.createBucket("short-lived");
    assertRefused(ErrorCode.BUCKET_EXISTS, () -> blobs.createBucket("short-lived"));
    blobs.put(
        header("x").toBuilder().setBucket("short-lived").build(),
        new ByteArrayInputStream(new byte[] {1}));
    assertRefused(ErrorCode.BUCKET_NOT_EMPTY, () -> blobs.deleteBucket("short-lived"));

    blobs.delete("short-lived", "x");
    blobs.deleteBucket("short-lived");

    assertThat(blobs.buckets()).noneMatch(bucket -> bucket.getName().equals("short-lived"));
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void aReadGoesOnWhereItsNodeDied() throws IOException {
    byte[] content = randomBytes(3, LARGE_BYTES);
    blobs.put(header("survives"), new ByteArrayInputStream(content));
    String leader =
        client.cluster().status().getMembersList().stream()
            .filter(member -> member.getIsLeader())
            .findFirst()
            .orElseThrow()
            .getClientAddress();

    KillingStream read = new KillingStream(cluster.at(leader));
    blobs.get(BUCKET, "survives", read);

    assertThat(read.toByteArray()).isEqualTo(content);
    assertThat(cluster.at(leader).isRunning()).isFalse();
  }

  private TrivetClient only(int node) {
    return TrivetClient.connect(List.of(cluster.endpoints().get(node)));
  }

  private static PutBlobHeader header(String key) {
    return PutBlobHeader.newBuilder().setBucket(BUCKET).setKey(key).build();
  }

  private static byte[] randomBytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] slice(byte[] bytes, int offset, int length) {
    byte[] slice = new byte[length];
    System.arraycopy(bytes, offset, slice, 0, length);
    return slice;
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TrivetException.class)
        .extracting(error -> ((TrivetException) error).code())
        .isEqualTo(code);
  }

  /** Kills a node when the first bytes come. */
  private static final class KillingStream extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final NodeProcess node;

    KillingStream(NodeProcess node) {
      this.node = node;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] more, int offset, int length) throws IOException {
      if (node.isRunning()) {
        try {
          node.kill();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
      bytes.write(more, offset, length);
    }

    byte[] toByteArray() {
      return bytes.toByteArray();
    }
  }
}
