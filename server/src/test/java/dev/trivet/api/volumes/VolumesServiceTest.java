package dev.trivet.api.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.trivet.api.ApiCluster;
import dev.trivet.api.edge.Statuses;
import dev.trivet.proto.api.CloseSessionRequest;
import dev.trivet.proto.api.CreateVolumeRequest;
import dev.trivet.proto.api.DeleteVolumeRequest;
import dev.trivet.proto.api.GetAttributesRequest;
import dev.trivet.proto.api.GetVolumeRequest;
import dev.trivet.proto.api.ListVolumesRequest;
import dev.trivet.proto.api.LookupRequest;
import dev.trivet.proto.api.MutateRequest;
import dev.trivet.proto.api.MutateResponse;
import dev.trivet.proto.api.OpenSessionRequest;
import dev.trivet.proto.api.ReadDirectoryRequest;
import dev.trivet.proto.api.ReadDirectoryResponse;
import dev.trivet.proto.api.ReadFileRequest;
import dev.trivet.proto.api.RenewSessionRequest;
import dev.trivet.proto.api.VolumesGrpc;
import dev.trivet.proto.api.WriteExtentRequest;
import dev.trivet.proto.api.WriteExtentResponse;
import dev.trivet.proto.files.ExtentRange;
import dev.trivet.proto.files.MakeNode;
import dev.trivet.proto.files.Operation;
import dev.trivet.proto.files.SetAttributes;
import dev.trivet.proto.files.Slice;
import dev.trivet.proto.files.Write;
import dev.trivet.proto.log.SessionRecord;
import dev.trivet.proto.log.VolumeRecord;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
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

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class VolumesServiceTest {
  private static final int MESSAGE_BYTES = 256 << 10;

  private final VolumesGrpc.VolumesStub uploader;
  private final VolumesGrpc.VolumesBlockingStub writer;
  private final VolumesGrpc.VolumesBlockingStub reader;
  private String volume = "";
  private long session;

  VolumesServiceTest(ApiCluster cluster) {
    uploader = VolumesGrpc.newStub(cluster.follower(0).channel);
    writer = VolumesGrpc.newBlockingStub(cluster.leader().channel);
    reader = VolumesGrpc.newBlockingStub(cluster.follower(1).channel);
  }

  @BeforeEach
  void makeVolume(TestInfo test) {
    volume = test.getTestMethod().orElseThrow().getName();
    var _ = writer.createVolume(CreateVolumeRequest.newBuilder().setName(volume).build());
    session = open("a", 0).getSessionId();
  }

  @Test
  void bytesAndHolesComeInOrderThroughAnyNodeAndEndWithTheFile() throws Exception {
    long file = make("file");
    byte[] expected = new byte[1_500_000];
    ByteString large = bytes(700_001);
    ByteString small = bytes(1_000);
    large.copyTo(expected, 300_000);
    small.copyTo(expected, 400_000);
    WriteExtentResponse stored = upload(session, large);

    var _ = mutate(stored.getUploadBeganMillis(), write(file, extent(300_000, stored)));
    var _ = mutate(0, write(file, inline(400_000, small)), size(file, expected.length));

    ByteString whole = ByteString.copyFrom(expected);
    assertThat(read(file, 0, 10_000_000)).isEqualTo(whole);
    assertThat(read(file, 299_999, 100_502)).isEqualTo(whole.substring(299_999, 400_501));
    assertThat(read(file, 1_400_000, 1 << 20)).isEqualTo(whole.substring(1_400_000));
    assertThat(read(file, 1_500_000, 10)).isEmpty();
    assertThat(read(file, 5, 0)).isEmpty();
  }

  @Test
  void aFileOfManySmallSlicesIsReadWhole() {
    long file = make("file");
    Write.Builder write = Write.newBuilder().setInode(file);
    ByteString expected = ByteString.EMPTY;
    for (int i = 0; i < 200; i++) {
      ByteString piece = ByteString.copyFromUtf8("<" + i + ">");
      write.addSlices(inline(expected.size(), piece));
      expected = expected.concat(piece).concat(ByteString.copyFrom(new byte[1]));
    }

    var _ = mutate(0, Operation.newBuilder().setWrite(write).build());

    assertThat(read(file, 0, 100_000)).isEqualTo(expected.substring(0, expected.size() - 1));
  }

  @Test
  void aSessionThatIsOverNeitherReadsNorWrites() {
    long file = make("file");
    var _ = writer.closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build());

    refused("SESSION_EXPIRED", () -> reader.lookup(lookup("file")));
    refused(
        "SESSION_EXPIRED",
        () ->
            reader.getAttributes(
                GetAttributesRequest.newBuilder().setSessionId(session).setInode(file).build()));
    refused("SESSION_EXPIRED", () -> list("", 0));
    refused("SESSION_EXPIRED", () -> read(file, 0, 1));
    refused("SESSION_EXPIRED", () -> upload(session, bytes(10)));
    refused("SESSION_EXPIRED", () -> mutate(0, size(file, 3)));
    refused(
        "SESSION_EXPIRED",
        () -> writer.renewSession(RenewSessionRequest.newBuilder().setSessionId(session).build()));
  }

  @Test
  void aMountedVolumeIsNeitherMountedNorDeletedByOthers() {
    assertThatThrownBy(() -> open("b", 0))
        .hasMessageContaining("mounted by a")
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("VOLUME_IN_USE"));
    refused("VOLUME_IN_USE", this::delete);
    var _ = writer.closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build());

    var _ = delete();

    refused(
        "VOLUME_NOT_FOUND",
        () -> reader.getVolume(GetVolumeRequest.newBuilder().setName(volume).build()));
    assertThat(reader.listVolumes(ListVolumesRequest.getDefaultInstance()).getVolumesList())
        .extracting(VolumeRecord::getName)
        .doesNotContain(volume);
  }

  @Test
  void aLostAnswerIsAskedForAgain() {
    var _ = writer.closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build());
    SessionRecord first = open("a", 77);
    session = 77;
    MutateRequest request =
        MutateRequest.newBuilder()
            .setSessionId(session)
            .setSequence(1)
            .addOperations(makeOperation("x"))
            .build();

    MutateResponse done = writer.mutate(request);

    assertThat(open("a", 77)).isEqualTo(first);
    assertThat(reader.mutate(request)).isEqualTo(done);
    assertThat(list("", 0).getEntriesCount()).isEqualTo(1);
  }

  @Test
  void aDirectoryComesInPagesAndByName() {
    List<String> names = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    for (int i = 100; i < 350; i++) {
      names.add("n" + i);
      operations.add(makeOperation("n" + i));
    }
    var _ = mutate(0, operations.toArray(Operation[]::new));

    ReadDirectoryResponse first = list("", 120);
    ReadDirectoryResponse second = list("n219", 0);

    assertThat(namesIn(first)).isEqualTo(names.subList(0, 120));
    assertThat(first.getMore()).isTrue();
    assertThat(first.getParent()).isEqualTo(1);
    assertThat(namesIn(second)).isEqualTo(names.subList(120, 250));
    assertThat(second.getMore()).isFalse();
    assertThat(reader.lookup(lookup("n219")).getAttributes())
        .isEqualTo(first.getEntries(119).getAttributes());
    refused("NO_ENTRY", () -> reader.lookup(lookup("n99")));
  }

  @Test
  void whatThisVersionDoesNotKnowDoesNotReachTheLog() {
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    MakeNode node = makeOperation("x").getMakeNode().toBuilder().setUnknownFields(newer).build();

    assertThatThrownBy(() -> mutate(0, Operation.newBuilder().setMakeNode(node).build()))
        .hasMessageContaining("900")
        .satisfies(e -> assertThat(nameIn(e)).isEqualTo("INVALID_ARGUMENT"));
    refused("INVALID_ARGUMENT", () -> mutate(0, Operation.getDefaultInstance()));
    assertThat(list("", 0).getEntriesCount()).isZero();
  }

  private SessionRecord open(String holder, long id) {
    return writer
        .openSession(
            OpenSessionRequest.newBuilder()
                .setVolume(volume)
                .setHolder(holder)
                .setTtlMillis(60_000)
                .setSessionId(id)
                .build())
        .getSession();
  }

  private Object delete() {
    return writer.deleteVolume(DeleteVolumeRequest.newBuilder().setName(volume).build());
  }

  private long make(String name) {
    return mutate(0, makeOperation(name)).getResults(0).getAttributes().getInode();
  }

  private MutateResponse mutate(long uploadBegan, Operation... operations) {
    return writer.mutate(
        MutateRequest.newBuilder()
            .setSessionId(session)
            .addAllOperations(List.of(operations))
            .setUploadBeganMillis(uploadBegan)
            .build());
  }

  private static Operation makeOperation(String name) {
    return Operation.newBuilder()
        .setMakeNode(
            MakeNode.newBuilder()
                .setParent(1)
                .setName(ByteString.copyFromUtf8(name))
                .setMode(0100644))
        .build();
  }

  private static Operation size(long inode, long size) {
    return Operation.newBuilder()
        .setSetAttributes(SetAttributes.newBuilder().setInode(inode).setSizeBytes(size))
        .build();
  }

  private static Operation write(long inode, Slice slice) {
    return Operation.newBuilder()
        .setWrite(Write.newBuilder().setInode(inode).addSlices(slice))
        .build();
  }

  private static Slice inline(long offset, ByteString bytes) {
    return Slice.newBuilder().setOffset(offset).setLength(bytes.size()).setInline(bytes).build();
  }

  private static Slice extent(long offset, WriteExtentResponse stored) {
    return Slice.newBuilder()
        .setOffset(offset)
        .setLength(stored.getExtent().getSizeBytes())
        .setExtent(
            ExtentRange.newBuilder()
                .setExtentId(stored.getExtent().getId())
                .setSizeBytes(stored.getExtent().getSizeBytes()))
        .build();
  }

  private LookupRequest lookup(String name) {
    return LookupRequest.newBuilder()
        .setSessionId(session)
        .setParent(1)
        .setName(ByteString.copyFromUtf8(name))
        .build();
  }

  private ReadDirectoryResponse list(String after, int limit) {
    return reader.readDirectory(
        ReadDirectoryRequest.newBuilder()
            .setSessionId(session)
            .setInode(1)
            .setAfterName(ByteString.copyFromUtf8(after))
            .setLimit(limit)
            .build());
  }

  private static List<String> namesIn(ReadDirectoryResponse page) {
    return page.getEntriesList().stream().map(entry -> entry.getName().toStringUtf8()).toList();
  }

  private ByteString read(long inode, long offset, long length) {
    ByteString read = ByteString.EMPTY;
    var replies =
        reader.readFile(
            ReadFileRequest.newBuilder()
                .setSessionId(session)
                .setInode(inode)
                .setOffset(offset)
                .setLength(length)
                .build());
    while (replies.hasNext()) {
      ByteString data = replies.next().getData();
      assertThat(data.size()).isBetween(1, MESSAGE_BYTES);
      read = read.concat(data);
    }
    return read;
  }

  private WriteExtentResponse upload(long sessionId, ByteString content) throws Exception {
    CompletableFuture<WriteExtentResponse> answer = new CompletableFuture<>();
    StreamObserver<WriteExtentRequest> upload = uploader.writeExtent(new OneAnswer(answer));
    upload.onNext(WriteExtentRequest.newBuilder().setSessionId(sessionId).build());
    for (int at = 0; at < content.size(); at += MESSAGE_BYTES) {
      ByteString piece = content.substring(at, Math.min(content.size(), at + MESSAGE_BYTES));
      upload.onNext(WriteExtentRequest.newBuilder().setData(piece).build());
    }
    upload.onCompleted();
    try {
      return answer.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException status) {
        throw status;
      }
      throw e;
    }
  }

  private record OneAnswer(CompletableFuture<WriteExtentResponse> answer)
      implements StreamObserver<WriteExtentResponse> {
    @Override
    public void onNext(WriteExtentResponse response) {
      answer.complete(response);
    }

    @Override
    public void onError(Throwable thrown) {
      answer.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }

  private interface Call {
    Object run() throws Exception;
  }

  private static void refused(String code, Call call) {
    assertThatThrownBy(call::run).satisfies(e -> assertThat(nameIn(e)).isEqualTo(code));
  }

  private static String nameIn(Throwable thrown) {
    Metadata trailers = ((StatusRuntimeException) thrown).getTrailers();
    String name = trailers == null ? null : trailers.get(Statuses.ERROR_NAME);
    return name == null ? thrown.toString() : name;
  }

  private static ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
