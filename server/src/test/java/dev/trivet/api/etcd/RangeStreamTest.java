package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.DeleteRangeRequest;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeRequest.SortOrder;
import dev.trivet.proto.etcd.RangeRequest.SortTarget;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.etcd.RangeStreamResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(ApiCluster.Shared.class)
final class RangeStreamTest {
  private static final int KEYS = 30;
  private static final RangeRequest ALL =
      RangeRequest.newBuilder().setKey(text("stream/")).setRangeEnd(text("stream0")).build();

  private final KVGrpc.KVBlockingStub leader;
  private final KVGrpc.KVBlockingStub follower;

  RangeStreamTest(ApiCluster cluster) {
    leader = KVGrpc.newBlockingStub(cluster.leader().channel);
    follower = KVGrpc.newBlockingStub(cluster.follower(0).channel);
  }

  @BeforeEach
  void putLargeValues() {
    ByteString value = ByteString.copyFrom(new byte[100_000]);
    for (int i = 0; i < KEYS; i++) {
      var _ =
          leader.put(
              PutRequest.newBuilder()
                  .setKey(text("stream/%02d".formatted(i)))
                  .setValue(value)
                  .build());
    }
  }

  @Test
  void mergedTheChunksOfAStreamAreTheAnswerOfTheRange() {
    List<RangeResponse> chunks = stream(ALL);

    assertThat(chunks).hasSizeGreaterThan(2);
    assertThat(chunks).allMatch(chunk -> chunk.getSerializedSize() < 1_300_000);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .noneMatch(chunk -> chunk.hasHeader() || chunk.getMore() || chunk.getCount() > 0);
    assertThat(merged(chunks)).isEqualTo(withoutTerm(follower.range(ALL)));
  }

  @Test
  void aLimitAnOlderRevisionKeysOnlyAndCountOnlyAreTheRangesToo() {
    long revision = leader.range(ALL).getHeader().getRevision();
    var _ = leader.deleteRange(DeleteRangeRequest.newBuilder().setKey(text("stream/03")).build());

    for (RangeRequest request :
        List.of(
            ALL.toBuilder().setLimit(7).build(),
            ALL.toBuilder().setLimit(KEYS - 1).build(),
            ALL.toBuilder().setRevision(revision).setLimit(KEYS).build(),
            ALL.toBuilder().setRevision(revision).setSerializable(true).build(),
            ALL.toBuilder().setKeysOnly(true).build(),
            ALL.toBuilder().setCountOnly(true).setLimit(1).build(),
            ALL.toBuilder().setKey(text("stream1")).build())) {
      assertThat(merged(stream(request))).isEqualTo(withoutTerm(follower.range(request)));
    }
  }

  @Test
  void whatCannotBeToldBeforeAllIsReadIsNotStreamed() {
    for (RangeRequest request :
        List.of(
            ALL.toBuilder().setSortOrder(SortOrder.DESCEND).build(),
            ALL.toBuilder().setSortTarget(SortTarget.MOD).build(),
            ALL.toBuilder().setMinModRevision(1).build(),
            ALL.toBuilder().setMaxCreateRevision(1).build())) {
      assertThatThrownBy(() -> stream(request))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }
    assertThatThrownBy(() -> stream(RangeRequest.getDefaultInstance()))
        .hasMessageContaining("etcdserver: key is not provided");
  }

  @Test
  void aReverseListingIsTheListingInReverse() {
    RangeRequest reverse =
        ALL.toBuilder().setSortOrder(SortOrder.DESCEND).setKeysOnly(true).build();
    long revision = leader.range(ALL).getHeader().getRevision();
    List<String> names = new ArrayList<>(names(follower.range(ALL)));

    RangeResponse page = follower.range(reverse.toBuilder().setLimit(4).build());
    RangeResponse past =
        follower.range(reverse.toBuilder().setLimit(4).setRevision(revision - 1).build());

    assertThat(names(follower.range(reverse))).isEqualTo(names.reversed());
    assertThat(names(page)).isEqualTo(names.reversed().subList(0, 4));
    assertThat(names(past)).isEqualTo(names.reversed().subList(0, 4));
    assertThat(page.getCount()).isEqualTo(KEYS);
    assertThat(page.getMore()).isTrue();
  }

  private static List<String> names(RangeResponse response) {
    return response.getKvsList().stream().map(kv -> kv.getKey().toStringUtf8()).toList();
  }

  private List<RangeResponse> stream(RangeRequest request) {
    List<RangeResponse> chunks = new ArrayList<>();
    follower
        .rangeStream(request)
        .forEachRemaining((RangeStreamResponse part) -> chunks.add(part.getRangeResponse()));
    return chunks;
  }

  private static RangeResponse merged(List<RangeResponse> chunks) {
    RangeResponse.Builder merged = RangeResponse.newBuilder();
    chunks.forEach(merged::mergeFrom);
    return withoutTerm(merged.build());
  }

  private static RangeResponse withoutTerm(RangeResponse response) {
    return response.toBuilder().setHeader(response.getHeader().toBuilder().clearRaftTerm()).build();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
