package dev.trivet.api.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.edge.LeaderNaming;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.api.BlobsGrpc;
import dev.trivet.proto.api.CreateBucketRequest;
import dev.trivet.proto.api.DeleteBlobRequest;
import dev.trivet.proto.api.GetBlobRequest;
import dev.trivet.proto.api.GetBlobResponse;
import dev.trivet.proto.api.HeadBlobRequest;
import dev.trivet.proto.api.ListBlobsRequest;
import dev.trivet.proto.api.ListBlobsResponse;
import dev.trivet.proto.api.ListedBlob;
import dev.trivet.proto.api.PutBlobHeader;
import dev.trivet.proto.api.PutBlobRequest;
import dev.trivet.proto.api.PutBlobResponse;
import dev.trivet.proto.blobs.Manifest;
import dev.trivet.proto.blobs.Precondition;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class BlobsServiceTest {
  private static final int INLINE_BYTES = 64 << 10;

  private final BlobsGrpc.BlobsStub writer;
  private final BlobsGrpc.BlobsBlockingStub leader;
  private final BlobsGrpc.BlobsBlockingStub reader;
  private String bucket = "";

  BlobsServiceTest(ApiCluster cluster) {
    writer = BlobsGrpc.newStub(cluster.follower(0).channel);
    leader = BlobsGrpc.newBlockingStub(cluster.leader().channel);
    reader = BlobsGrpc.newBlockingStub(cluster.follower(1).channel);
  }

  @BeforeEach
  void makeBucket(TestInfo test) {
    bucket =
        "b"
            + Integer.toUnsignedString(test.getDisplayName().hashCode())
            + test.getTestMethod().hashCode();
    bucket = bucket.replace("-", "m");
    var _ = leader.createBucket(CreateBucketRequest.newBuilder().setBucket(bucket).build());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, INLINE_BYTES, INLINE_BYTES + 1, (3 << 20) + 17})
  void whatWasPutThroughOneNodeIsReadWholeThroughAnother(int size) throws Exception {
    ByteString content = bytes(size);

    Manifest stored = put(header("a").build(), content, 100_000);
    Read read = read(get("a").build());

    assertThat(stored.getSizeBytes()).isEqualTo(size);
    assertThat(stored.getIsInline()).isEqualTo(size <= INLINE_BYTES);
    assertThat(stored.getSha256()).isEqualTo(sha256(content));
    assertThat(read.manifest).isEqualTo(stored);
    assertThat(read.content()).isEqualTo(content);
    assertThat(read.pieces).allMatch(piece -> piece.size() <= 256 << 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1 << 20})
  void aRangeIsReadAlone(int size) throws Exception {
    ByteString content = bytes(size);
    var _ = put(header("r").build(), content, 1 << 18);

    assertThat(read(get("r").setOffset(10).setLength(500).build()).content())
        .isEqualTo(content.substring(10, 510));
    assertThat(read(get("r").setOffset(size - 7).build()).content())
        .isEqualTo(content.substring(size - 7));
    assertThat(read(get("r").setOffset(size - 7).setLength(100).build()).content())
        .isEqualTo(content.substring(size - 7));
    assertThat(read(get("r").setOffset(size).build()).content()).isEmpty();
    assertThatThrownBy(() -> read(get("r").setOffset(size + 1).build()))
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("INVALID_RANGE"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 200_000})
  void contentWithAnotherDigestIsRefusedAndNotStored(int size) {
    ByteString content = bytes(size);
    PutBlobHeader header = header("d").setSha256(sha256(bytes(size + 1))).build();

    assertThatThrownBy(() -> put(header, content, 1 << 16))
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("BAD_DIGEST"));
    assertThatThrownBy(() -> head("d"))
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("OBJECT_NOT_FOUND"));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 200_000})
  void aPreconditionDecidesWhetherAPutAndADeleteHappen(int size) throws Exception {
    Precondition absent = Precondition.newBuilder().setMustBeAbsent(true).build();
    Manifest first = put(header("p").setPrecondition(absent).build(), bytes(size), 1 << 16);
    Precondition isFirst = Precondition.newBuilder().setVersionIs(first.getVersion()).build();

    assertThatThrownBy(() -> put(header("p").setPrecondition(absent).build(), bytes(size), 1 << 16))
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("PRECONDITION_FAILED"));
    Manifest second = put(header("p").setPrecondition(isFirst).build(), bytes(size), 1 << 16);
    assertThat(second.getVersion()).isGreaterThan(first.getVersion());
    assertThatThrownBy(
            () ->
                leader.deleteBlob(
                    DeleteBlobRequest.newBuilder()
                        .setBucket(bucket)
                        .setKey("p")
                        .setPrecondition(isFirst)
                        .build()))
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("PRECONDITION_FAILED"));
    assertThat(head("p")).isEqualTo(second);
  }

  @Test
  void aListingIsInOrderAndGoesOnWhereItEnded() throws Exception {
    for (String key : List.of("x/2", "x/1", "y", "x/3")) {
      var _ = put(header(key).build(), bytes(3), 3);
    }
    ListBlobsRequest request =
        ListBlobsRequest.newBuilder().setBucket(bucket).setPrefix("x/").setLimit(2).build();

    ListBlobsResponse first = reader.listBlobs(request);
    ListBlobsResponse second = reader.listBlobs(request.toBuilder().setStartAfter("x/2").build());

    assertThat(first.getBlobsList()).extracting(ListedBlob::getKey).containsExactly("x/1", "x/2");
    assertThat(first.getMore()).isTrue();
    assertThat(second.getBlobsList()).extracting(ListedBlob::getKey).containsExactly("x/3");
    assertThat(second.getMore()).isFalse();
  }

  @Test
  void aLargePutIntoNoBucketIsRefusedBeforeItsEnd() {
    PutBlobHeader header = PutBlobHeader.newBuilder().setBucket("no-such").setKey("k").build();
    Upload upload = new Upload(writer);
    upload.send(PutBlobRequest.newBuilder().setHeader(header).build());
    upload.send(PutBlobRequest.newBuilder().setData(bytes(INLINE_BYTES + 1)).build());

    assertThatThrownBy(upload::answer)
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("BUCKET_NOT_FOUND"));
  }

  @Test
  void dataWithoutAHeaderIsRefused() {
    Upload upload = new Upload(writer);
    upload.send(PutBlobRequest.newBuilder().setData(bytes(1)).build());

    assertThatThrownBy(upload::answer)
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo(ErrorCode.INVALID_ARGUMENT.name()));
  }

  @Test
  void aRefusalNamesTheLeader() {
    assertThatThrownBy(() -> head("nothing"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertThat(trailers(e).get(LeaderNaming.LEADER))
                    .matches("n[0-2]=127.0.0.1:[0-9]+"));
  }

  private PutBlobHeader.Builder header(String key) {
    return PutBlobHeader.newBuilder().setBucket(bucket).setKey(key).setContentType("text/x-test");
  }

  private GetBlobRequest.Builder get(String key) {
    return GetBlobRequest.newBuilder().setBucket(bucket).setKey(key);
  }

  private Manifest head(String key) {
    return reader
        .headBlob(HeadBlobRequest.newBuilder().setBucket(bucket).setKey(key).build())
        .getManifest();
  }

  private Manifest put(PutBlobHeader header, ByteString content, int pieceBytes) throws Exception {
    Upload upload = new Upload(writer);
    upload.send(PutBlobRequest.newBuilder().setHeader(header).build());
    for (int at = 0; at < content.size(); at += pieceBytes) {
      ByteString piece = content.substring(at, Math.min(content.size(), at + pieceBytes));
      upload.send(PutBlobRequest.newBuilder().setData(piece).build());
    }
    upload.end();
    return upload.answer().getManifest();
  }

  private Read read(GetBlobRequest request) {
    Iterator<GetBlobResponse> messages = reader.getBlob(request);
    Manifest manifest = messages.next().getManifest();
    List<ByteString> pieces = new ArrayList<>();
    messages.forEachRemaining(message -> pieces.add(message.getData()));
    return new Read(manifest, pieces);
  }

  private record Read(Manifest manifest, List<ByteString> pieces) {
    ByteString content() {
      return ByteString.copyFrom(pieces);
    }
  }

  private static ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static ByteString sha256(ByteString content) {
    try {
      return ByteString.copyFrom(
          MessageDigest.getInstance("SHA-256").digest(content.toByteArray()));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String nameIn(Throwable thrown) {
    Throwable cause = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
    return cause instanceof StatusRuntimeException status
        ? String.valueOf(trailers(status).get(Statuses.ERROR_NAME))
        : "no status: " + cause;
  }

  private static Metadata trailers(StatusRuntimeException thrown) {
    Metadata trailers = thrown.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  /** A put in the making. */
  private static final class Upload implements StreamObserver<PutBlobResponse> {
    private final CompletableFuture<PutBlobResponse> answer = new CompletableFuture<>();
    private final StreamObserver<PutBlobRequest> requests;

    Upload(BlobsGrpc.BlobsStub stub) {
      requests = stub.putBlob(this);
    }

    void send(PutBlobRequest message) {
      requests.onNext(message);
    }

    void end() {
      requests.onCompleted();
    }

    PutBlobResponse answer() throws Exception {
      return answer.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(PutBlobResponse value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      answer.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }
}
