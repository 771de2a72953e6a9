package dev.trivet.client;

import static dev.trivet.client.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.WatchCreateRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClosingTest {
  private static final List<String> OURS = List.of("trivet-", "grpc-");

  @Test
  void aClosedClientLeavesNoThreadAndNobodyWaiting(@TempDir Path folder) {
    EtcdProcess etcd = EtcdProcess.start(folder);
    TrivetClient client = TrivetClient.connect(List.of(etcd.endpoint(), "127.0.0.1:1"));
    Watch watch = client.watch(WatchCreateRequest.newBuilder().setKey(bytes("k")).build(), _ -> {});
    var _ = client.leases().hold(60);
    etcd.close();
    // Nobody answers, so it is tried again until the client is closed.
    CompletableFuture<?> write = client.keys().async().put(bytes("k"), bytes("v"));

    client.close();

    await().atMost(Duration.ofSeconds(60)).until(write::isDone);
    assertThat(write).isCompletedExceptionally();
    await().atMost(Duration.ofSeconds(60)).until(() -> watch.ended().isDone());
    assertThat(watch.ended().handle((_, e) -> Waiting.errorOf(new CompletionException(e)).code()))
        .isCompletedWithValue(ErrorCode.STOPPING);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> OURS.stream().anyMatch(name::startsWith)));
  }
}
