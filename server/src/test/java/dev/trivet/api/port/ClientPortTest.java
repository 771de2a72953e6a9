package dev.trivet.api.port;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trivet.api.edge.ClosedDoor;
import dev.trivet.api.edge.Statuses;
import dev.trivet.errors.ErrorCode;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ClientPortTest {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ClientPort port =
      new ClientPort(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          new Served(
              List.of(new HealthStatusManager().getHealthService()),
              List.of(),
              Map.of(
                  "/echo/", ClientPortTest::echo,
                  "/echo/deep/", call -> HttpReply.text(200, "deep"),
                  "/refuse",
                      call -> {
                        throw ErrorCode.BUCKET_NOT_EMPTY.exception("2 objects, allowed 0");
                      },
                  "/bug",
                      call -> {
                        throw new IllegalStateException("secret");
                      }),
              Map.of()));

  private static HttpReply echo(HttpCall call) {
    return HttpReply.text(
        200,
        String.join(" ", call.method(), call.path(), call.query(), call.body().toStringUtf8())
            + (Thread.currentThread().isVirtual() ? " virtual" : " platform"));
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
  void aCallOfANodeThatServesNothingYetIsSentElsewhereWithTheReason() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ClientPort closed =
        new ClientPort(address, null, new ClosedDoor(() -> "waits at the door"), Map.of())) {
      closed.start();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", closed.port()).usePlaintext().build();
      try {
        var calls = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);

        assertThatThrownBy(() -> calls.check(HealthCheckRequest.getDefaultInstance()))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                refusal -> {
                  Metadata trailers = requireNonNull(refusal.getTrailers());
                  assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                  assertThat(trailers.get(Statuses.ERROR_NAME)).isEqualTo("NO_LEADER");
                  assertThat(trailers.get(Statuses.MESSAGE))
                      .isEqualTo("waits at the door".getBytes(UTF_8));
                });
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void grpcAndHttpShareThePort() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
    try {
      for (int round = 0; round < 3; round++) {
        ServingStatus status =
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
        HttpResponse<String> reply = post("/echo/x?a=b", "body");

        assertThat(status).isEqualTo(ServingStatus.SERVING);
        assertThat(reply.body()).isEqualTo("POST /echo/x a=b body virtual");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aClientThatOffersHttp2ByUpgradeIsAnsweredInHttp1() throws Exception {
    try (HttpClient upgrading = HttpClient.newHttpClient()) {
      HttpResponse<String> reply =
          upgrading.send(HttpRequest.newBuilder(uri("/echo/x")).build(), BodyHandlers.ofString());

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
  }

  @Test
  void theLongestPathAnswersAndAnUnknownOneIsNotFound() throws Exception {
    assertThat(post("/echo/deep/x", "").body()).isEqualTo("deep");
    assertThat(post("/nowhere", "").statusCode()).isEqualTo(404);
  }

  @Test
  void aBodyAboveTheLimitIsRefusedAndOneAtTheLimitIsNot() throws Exception {
    assertThat(post("/echo/x", "a".repeat(ClientPort.MAX_BODY_BYTES)).statusCode()).isEqualTo(200);
    assertThat(post("/echo/x", "a".repeat(ClientPort.MAX_BODY_BYTES + 1)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void aThrownErrorIsAnsweredByItsRow() throws Exception {
    HttpResponse<String> refused = post("/refuse", "");
    HttpResponse<String> bug = post("/bug", "");

    assertThat(refused.statusCode()).isEqualTo(ErrorCode.BUCKET_NOT_EMPTY.httpStatus());
    assertThat(refused.body()).isEqualTo("2 objects, allowed 0\n");
    assertThat(bug.statusCode()).isEqualTo(500);
    assertThat(bug.body()).doesNotContain("secret");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      String requests =
          String.join(
              "\r\n",
              "GET /echo/1 HTTP/1.1\r\nHost: x\r\n",
              "GET /nowhere HTTP/1.1\r\nHost: x\r\n",
              "GET /echo/3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(requests.getBytes(US_ASCII));

      String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(answers).containsSubsequence("/echo/1", "404", "/echo/3");
      assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(4);
    }
  }

  @Test
  void whatIsNeitherProtocolIsRefused() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket.getOutputStream().write("PRI and then not\r\n\r\n".getBytes(US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).contains(" 400 ");
    }
  }

  @Test
  void afterCloseThePortIsFree() throws Exception {
    int before = port.port();

    port.close();

    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), before).close())
        .isInstanceOf(IOException.class);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port.port() + path);
  }
}
