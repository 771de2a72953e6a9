package dev.trivet.cli;

import com.google.protobuf.ByteString;
import dev.trivet.client.Prefixes;
import dev.trivet.client.TrivetClient;
import dev.trivet.client.Watch;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.WatchCreateRequest;
import dev.trivet.proto.etcd.WatchResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "watch",
    description = "Print changes of a key as they happen; goes on when nodes fail.")
final class WatchCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY")
  private String key = "";

  @Option(names = "--prefix", description = "Watch all keys that begin with KEY.")
  private boolean isPrefix;

  @Option(names = "--rev", description = "Begin with the changes of this revision; 0 is now.")
  private long revision;

  @Option(names = "--count", description = "End after at least this many changes; 0 is never.")
  private long count;

  @Override
  public Integer call() throws InterruptedException {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    AtomicLong seen = new AtomicLong();
    try (TrivetClient client = connection.connect();
        Watch watch =
            client.watch(
                request(),
                response -> {
                  print(response);
                  if (seen.addAndGet(response.getEventsCount()) >= count && count > 0) {
                    enough.complete(null);
                  }
                })) {
      CompletableFuture.anyOf(enough, watch.ended()).get();
      return 0;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TrivetException error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private WatchCreateRequest request() {
    ByteString from = ByteString.copyFromUtf8(key);
    WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder().setStartRevision(revision);
    return isPrefix
        ? request.setKey(Prefixes.first(from)).setRangeEnd(Prefixes.end(from)).build()
        : request.setKey(from).build();
  }

  private void print(WatchResponse response) {
    if (output.isJson()) {
      output.message(response);
      return;
    }
    for (Event event : response.getEventsList()) {
      output.line(
          event.getType()
              + "\t"
              + Output.text(event.getKv().getKey())
              + "\t"
              + Output.text(event.getKv().getValue()));
    }
  }
}
