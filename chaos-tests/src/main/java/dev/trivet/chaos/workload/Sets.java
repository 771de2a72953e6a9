package dev.trivet.chaos.workload;

import com.google.protobuf.ByteString;
import dev.trivet.chaos.check.Judgement;
import dev.trivet.chaos.check.SetPresence;
import dev.trivet.chaos.history.Result;
import dev.trivet.chaos.history.set.SetAnswer;
import dev.trivet.chaos.history.set.SetCall;
import dev.trivet.client.Query;
import dev.trivet.client.TrivetClient;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.etcd.KeyValue;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A set that only grows, a key for each element; now and then somebody reads all of it. Promise: an
 * element that was acknowledged is found by every read that begins later, at any node; one whose
 * answer was lost and that the client sent again was added once.
 */
public final class Sets extends Noted<SetCall, SetAnswer> {
  private static final int CLIENTS = 4;
  private static final int ONE_READ_IN = 60;
  private static final int PAGE = 500;
  private static final int TRIES = 40;
  private static final long PAUSE_MILLIS = 20;
  private static final long RETRY_MILLIS = 500;
  private static final Floor FLOOR = new Floor(50, 0.3);
  private static final ByteString PREFIX = ByteString.copyFromUtf8("set/");

  private final AtomicLong elements = new AtomicLong();

  public Sets(List<String> endpoints, long seed) {
    super("sets", endpoints, seed, FLOOR);
  }

  @Override
  public void start() {
    crew.start("sets", endpoints, CLIENTS, seed, PAUSE_MILLIS, this::turn);
  }

  private boolean turn(Crew.Client client) throws InterruptedException {
    SetCall call =
        client.random().nextInt(ONE_READ_IN) == 0
            ? new SetCall.ReadAll()
            : new SetCall.Add("%08d".formatted(elements.incrementAndGet()));
    return make(client, call);
  }

  private boolean make(Crew.Client client, SetCall call) throws InterruptedException {
    return calls.make(client, call, () -> new Result.Answered<>(ask(client.connection(), call)))
        instanceof Result.Answered<SetAnswer>;
  }

  private static SetAnswer ask(TrivetClient client, SetCall call) {
    return switch (call) {
      case SetCall.Add(String element) -> {
        var _ =
            client.keys().put(PREFIX.concat(ByteString.copyFromUtf8(element)), ByteString.EMPTY);
        yield new SetAnswer.Added();
      }
      case SetCall.ReadAll _ -> {
        List<KeyValue> pairs = client.keys().stream(Query.prefix(PREFIX), PAGE).toList();
        yield new SetAnswer.Elements(
            pairs.stream().map(Sets::element).toList(),
            pairs.stream().filter(pair -> pair.getVersion() > 1).map(Sets::element).toList());
      }
    };
  }

  private static String element(KeyValue pair) {
    return pair.getKey().substring(PREFIX.size()).toStringUtf8();
  }

  /** Each node is asked once more, for what it must have by now. */
  @Override
  public List<Judgement> judge() throws InterruptedException {
    for (int i = 0; i < endpoints.size(); i++) {
      String endpoint = endpoints.get(i);
      try (TrivetClient client = TrivetClient.connect(List.of(endpoint))) {
        Crew.Client last = new Crew.Client(CLIENTS + i, endpoint, client, new Random(seed));
        for (int tries = 0; tries < TRIES && !make(last, new SetCall.ReadAll()); tries++) {
          Thread.sleep(RETRY_MILLIS);
        }
      } catch (TrivetException e) {
        throw new IllegalStateException(endpoint + " cannot be read at the end", e);
      }
    }
    return List.of(SetPresence.check(calls.operations()));
  }
}
