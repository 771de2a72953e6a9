package dev.trivet.cli;

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
    description = "Print changes of a key as they happen; goes on when nodes fail.",
    footer = "As -o value: the new values alone, an empty line for a deletion.")
final class WatchCommand implements Callable<Integer> {
  @Mixin private final Connection connection = new Connection();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KEY", index = "0")
  private String key = "";

  @Parameters(
      paramLabel = "RANGE_END",
      index = "1",
      arity = "0..1",
      defaultValue = "",
      description = "Watch the keys from KEY on and below this one.")
  private String rangeEnd = "";

  @Option(names = "--prefix", description = "Watch all keys that begin with KEY.")
  private boolean isPrefix;

  @Option(names = "--from-key", description = "Watch KEY and all keys that follow it.")
  private boolean isFromKey;

  @Option(names = "--prev-kv", description = "Print what was there before, too.")
  private boolean isPreviousWanted;

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
    KeyOptions keys = KeyOptions.of(key, rangeEnd, isPrefix, isFromKey);
    return WatchCreateRequest.newBuilder()
        .setKey(keys.first())
        .setRangeEnd(keys.end())
        .setStartRevision(revision)
        .setPrevKv(isPreviousWanted)
        .build();
  }

  private void print(WatchResponse response) {
    output.show(
        () -> response,
        () ->
            response.getEventsList().stream()
                .map(event -> Output.text(event.getKv().getValue()))
                .toList(),
        () -> response.getEventsList().forEach(this::print));
  }

  private void print(Event event) {
    String before = event.hasPrevKv() ? "\t" + Output.text(event.getPrevKv().getValue()) : "";
    output.line(
        event.getType()
            + "\t"
            + Output.text(event.getKv().getKey())
            + "\t"
            + Output.text(event.getKv().getValue())
            + before);
  }
}
