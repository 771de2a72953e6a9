package dev.trivet.api.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.api.port.ClientPort;
import dev.trivet.api.port.Served;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.KVGrpc;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.PutResponse;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class JsonCallTest {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private volatile ErrorCode refusals = ErrorCode.NO_LEADER;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final List<ServerInterceptor> guards = List.of(new Guard());
  private final Waiting service = new Waiting();
  private final ClientPort port =
      new ClientPort(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          new Served(
              List.of(service),
              guards,
              JsonGateway.handlers(),
              JsonGateway.conversations(List.of(service), guards)));
  private final HttpClient http = HttpClient.newHttpClient();

  /** Lets nobody in but who shows the right token. */
  private static final class Guard implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if ("right".equals(headers.get(TOKEN))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.UNAUTHENTICATED.withDescription("no " + headers.get(TOKEN)), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  /** Ranges wait for ever, puts are refused at once. */
  private final class Waiting extends KVGrpc.KVImplBase {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
      Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
      begun.countDown();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
      throw refusals.exception();
    }
  }

  @BeforeEach
  void start() throws IOException {
    port.start();
  }

  @AfterEach
  void stop() {
    http.close();
    port.close();
  }

  @Test
  void theHeaderAuthorizationReachesTheGuardThatGrpcCallsPass() throws Exception {
    HttpResponse<String> without = post("/v3/kv/put", "wrong");
    HttpResponse<String> with = post("/v3/kv/put", "right");

    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body())
        .isEqualTo("{\"error\":\"no wrong\",\"code\":16,\"message\":\"no wrong\"}");
    assertThat(with.statusCode()).isEqualTo(503);
    assertThat(with.body()).contains("\"code\":14", "\"message\":\"etcdserver: no leader\"");
  }

  @Test
  void aCallWhoseClientHasGoneIsCancelled() throws Exception {
    String request =
        "POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nAuthorization: right\r\nContent-Length: 2\r\n\r\n{}";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aCallEndsWhenTheTimeIsOverThatItsClientGave() throws Exception {
    HttpResponse<String> late = post("/v3/kv/range", "right", "Grpc-Timeout", "100m");

    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(late.body())
        .isEqualTo(
            "{\"error\":\"context deadline exceeded\",\"code\":4,"
                + "\"message\":\"context deadline exceeded\"}");
    assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(post("/v3/kv/put", "right", "Grpc-Timeout", "1H").statusCode()).isEqualTo(503);
  }

  @Test
  void aTimeThatIsNoneIsRefused() throws Exception {
    HttpResponse<String> refused = post("/v3/kv/range", "right", "Grpc-Timeout", "100");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("\"code\":3", "invalid grpc-timeout: 100");
  }

  @Test
  void aMethodThatNoServiceHasIsNamedAndAnUnknownPathIsNotFound() throws Exception {
    assertThat(post("/v3/watch", "right").statusCode()).isEqualTo(501);
    assertThat(post("/v3/watch", "right").body()).contains("/v3/watch is unimplemented");
    assertThat(post("/v3/kv/ranges", "right").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_LEADER, 400, 9",
    "PERMISSION_DENIED, 403, 7",
    "TOO_MANY_REQUESTS, 429, 8",
    "CORRUPT, 500, 15",
    "INTERNAL, 500, 13",
  })
  void aRefusalsCodeDecidesOnTheStatusAsInEtcd(ErrorCode refusal, int status, int code)
      throws Exception {
    refusals = refusal;

    HttpResponse<String> refused = post("/v3/kv/put", "right");

    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(refused.body()).contains("\"code\":" + code + ",");
  }

  private HttpResponse<String> post(String path, String token, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(
        request.header("Authorization", token).POST(BodyPublishers.ofString("{}")).build(),
        BodyHandlers.ofString());
  }
}
