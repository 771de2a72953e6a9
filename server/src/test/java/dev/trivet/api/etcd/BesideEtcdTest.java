package dev.trivet.api.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.trivet.api.ApiCluster;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.MemberAddRequest;
import dev.trivet.proto.etcd.MemberPromoteRequest;
import dev.trivet.proto.etcd.MemberRemoveRequest;
import dev.trivet.proto.etcd.MemberUpdateRequest;
import dev.trivet.proto.etcd.MoveLeaderRequest;
import dev.trivet.proto.etcd.RangeRequest;
import io.grpc.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The same requests to a real etcd and to nodes of ours, whose key spaces are both fresh, so that
 * revisions are equal, too. Where newer versions of etcd answer otherwise than the one installed
 * here, the programs leave that out and another test says what we do.
 */
@Timeout(300)
final class BesideEtcdTest {
  private static final int PROGRAMS = 6;
  private static final int REQUESTS = 100;

  private static @Nullable RealEtcd started;
  private static @Nullable ApiCluster opened;

  private final RealEtcd etcd = Objects.requireNonNull(started);
  private final ApiCluster cluster = Objects.requireNonNull(opened);

  @BeforeAll
  static void start() throws IOException {
    started = new RealEtcd();
    opened = new ApiCluster();
  }

  @AfterAll
  static void stop() throws IOException {
    if (opened != null) {
      opened.close();
    }
    if (started != null) {
      started.close();
    }
  }

  @Test
  void everyRandomRequestIsAnsweredAsEtcdAnswersIt() {
    // What is read there without a barrier is as new as what it has acknowledged.
    Channel ours = cluster.leader().channel;
    List<String> differences = new ArrayList<>();
    for (int program = 0; program < PROGRAMS; program++) {
      long seed = Long.getLong("trivet.seed", 2_026) + program;
      EtcdProgram requests = new EtcdProgram(seed, revision());
      Deque<String> last = new ArrayDeque<>();
      for (int i = 0; i < REQUESTS; i++) {
        Message request = requests.next();
        String expected = Answers.to(request, etcd.channel);
        String text =
            request.getClass().getSimpleName()
                + " "
                + TextFormat.printer().emittingSingleLine(true).printToString(request);
        last.addLast(text + "\n   -> " + expected.replace('\n', ' '));
        if (last.size() > 12) {
          last.removeFirst();
        }
        String answer = Answers.to(request, ours);
        if (!answer.equals(expected)) {
          differences.add(
              "seed %d, request %d:%n%s%nexpected %s%nbut was %s"
                  .formatted(seed, i, String.join("\n", last), expected, answer));
        }
      }
    }
    assertThat(String.join("\n", differences)).isEmpty();
  }

  @Test
  void aStreamOfWatchersHearsWhatItHearsFromEtcd() {
    long base = revision();

    WatchScript.Heard expected = new WatchScript(etcd.channel, base).run();
    WatchScript.Heard heard = new WatchScript(cluster.leader().channel, base).run();

    assertThat(heard.control()).isEqualTo(expected.control());
    assertThat(heard.events()).isEqualTo(expected.events());
  }

  @Test
  void changesOfMembersThatCannotBeAreRefusedInEtcdsWords() {
    Channel ours = cluster.leader().channel;
    for (Message request :
        List.<Message>of(
            MemberAddRequest.getDefaultInstance(),
            MemberAddRequest.newBuilder().addPeerURLs("nonsense").build(),
            MemberAddRequest.newBuilder().addPeerURLs("ftp://127.0.0.1:1").build(),
            MemberAddRequest.newBuilder().addPeerURLs("http://127.0.0.1").build(),
            MemberAddRequest.newBuilder().addPeerURLs("http://127.0.0.1:1/path").build(),
            MemberRemoveRequest.newBuilder().setID(17).build(),
            MemberPromoteRequest.newBuilder().setID(17).build(),
            MemberUpdateRequest.newBuilder().setID(17).addPeerURLs("http://127.0.0.1:1").build(),
            MoveLeaderRequest.newBuilder().setTargetID(17).build())) {
      assertThat(Answers.to(request, ours)).isEqualTo(Answers.to(request, etcd.channel));
    }
  }

  @Test
  void theKeysOfALeaseThatEndsAreDeletedInOneRevisionInEtcdsOrder() {
    LeaseEnd there = new LeaseEnd(etcd.channel);
    LeaseEnd here = new LeaseEnd(cluster.follower(0).channel);

    List<String> expected = there.revoked();
    assertThat(expected).hasSize(LeaseEnd.KEYS);
    assertThat(here.revoked()).isEqualTo(expected);
    assertThat(here.expired()).isEqualTo(there.expired());
  }

  private long revision() {
    RangeRequest any = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("any")).build();
    return KVGrpc.newBlockingStub(etcd.channel).range(any).getHeader().getRevision();
  }
}
