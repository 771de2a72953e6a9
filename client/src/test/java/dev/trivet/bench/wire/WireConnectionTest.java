package dev.trivet.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.trivet.bench.LeaderOnly;
import dev.trivet.client.EtcdProcess;
import dev.trivet.client.TrivetClient;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd: another implementation of the protocol than ours. */
final class WireConnectionTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("key");

  @TempDir private Path folder;

  private EtcdProcess etcd;
  private WireClient client;
  private WireConnection connection;

  @BeforeEach
  void connect() {
    etcd = EtcdProcess.start(folder);
    client = new WireClient(Access.OPEN);
    connection = client.connect(etcd.endpoint());
  }

  @AfterEach
  void end() {
    client.close();
    etcd.close();
  }

  @Test
  void messagesLargerThanEveryWindowArriveWhole() throws Exception {
    byte[] value = new byte[1 << 20];
    new Random(1).nextBytes(value);

    Answer put =
        call(
            KVGrpc.getPutMethod().getFullMethodName(),
            PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFrom(value)).build());
    assertThat(put.failure.get(10, TimeUnit.SECONDS)).isEmpty();
    Answer got =
        call(
            KVGrpc.getRangeMethod().getFullMethodName(),
            RangeRequest.newBuilder().setKey(KEY).build());

    assertThat(got.failure.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(RangeResponse.parseFrom(got.message).getKvs(0).getValue().toByteArray())
        .isEqualTo(value);
  }

  @Test
  void aRefusedCallSaysWhy() throws Exception {
    Answer put = call(KVGrpc.getPutMethod().getFullMethodName(), PutRequest.getDefaultInstance());

    assertThat(put.failure.get(10, TimeUnit.SECONDS))
        .isEqualTo("code 3: etcdserver: key is not provided");
  }

  @Test
  void callsEndWithTheServer() throws Exception {
    CompletableFuture<WireCall> opened = new CompletableFuture<>();
    Answer watch = new Answer();
    client.later(() -> opened.complete(connection.open("etcdserverpb.Watch/Watch", watch)), 0);
    assertThat(opened.get(10, TimeUnit.SECONDS)).isNotNull();

    etcd.close();

    assertThat(watch.failure.get(10, TimeUnit.SECONDS)).isNotEmpty();
  }

  @Test
  void theLeaderIsFoundAmongEndpointsThatAreDown() {
    assertThat(
            LeaderOnly.of(
                List.of("127.0.0.1:1", etcd.endpoint()),
                endpoint -> TrivetClient.connect(List.of(endpoint))))
        .isEqualTo(etcd.endpoint());
  }

  private Answer call(String method, MessageLite request) {
    Answer answer = new Answer();
    client.later(() -> connection.unary(method, request.toByteArray(), answer), 0);
    return answer;
  }

  private static final class Answer implements Receiver {
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private byte[] message = new byte[0];

    @Override
    public void message(ByteBuffer bytes) {
      message = new byte[bytes.remaining()];
      bytes.get(message);
    }

    @Override
    public void ended(String why) {
      failure.complete(why);
    }
  }
}
