package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.PutRequest;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.proto.etcd.RangeResponse;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.RequestId;
import dev.trivet.state.keys.KeyQueries;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbered requests that come again and again, made from a seed. */
final class RequestProgramTest {
  private static final int PROGRAMS = 15;
  private static final int REQUESTS = 80;
  private static final long HOUR = 60 * 60 * 1000;

  @TempDir Path folder;

  @Test
  void whateverTheRepetitionsARequestIsAppliedOnceAndAlwaysAnsweredAlike() {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      runAndCompare(seed);
    }
  }

  @Test
  void repetitionsInOtherEntriesAndWithRestartsMakeTheSameState() {
    for (long seed = 1; seed <= 3; seed++) {
      List<Program.Step> steps =
          attempts(new Random(seed)).stream()
              .map(command -> new Program.Step(5_000, command))
              .toList();
      new Program(steps).assertSameState(folder, seed, 1);
    }
  }

  @Test
  void aSilentClientIsForgottenAndThenRefusedInsteadOfAppliedTwice() {
    try (Store store = Store.open(folder.resolve("silent"), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      Command first = put(id(1, 0, 1), "first");
      Command known =
          first.toBuilder()
              .setRequest(first.getRequest().toBuilder().setIsClientKnown(true))
              .build();
      Outcome done = apply(machine, 1, 1_000, first);
      Outcome soon = apply(machine, 2, 1_000 + HOUR / 2, known);
      // It takes a new client to have an old one forgotten.
      apply(machine, 3, 1_000 + 3 * HOUR, put(id(2, 0, 1), "second"));

      Outcome late = apply(machine, 4, 1_000 + 3 * HOUR, known);

      assertThat(soon).isEqualTo(done);
      assertThat(late.getRefusal().getCode()).isEqualTo("REQUEST_FORGOTTEN");
      assertThat(revision(store)).isEqualTo(3);
    }
  }

  @Test
  void aClientThatGoesOnIsNotForgotten() {
    try (Store store = Store.open(folder.resolve("busy"), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      long millis = 1_000;
      for (int i = 1; i <= 20; i++) {
        millis += HOUR / 3;
        apply(machine, 2L * i, millis, put(id(1, 0, i), "busy"));
        apply(machine, 2L * i + 1, millis, put(id(100 + i, 0, 1), "new"));
      }
      Command last = put(id(1, 0, 20), "busy");

      Outcome again = apply(machine, 50, millis, last);

      assertThat(again.hasPut()).isTrue();
      assertThat(revision(store)).isEqualTo(41);
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsNotKeptButItsRequestIsStillAppliedOnce() {
    try (Store store = Store.open(folder.resolve("large"), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      ByteString large = ByteString.copyFrom(new byte[100 << 10]);
      PutRequest request =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("k"))
              .setValue(large)
              .setPrevKv(true)
              .build();
      apply(machine, 1, 1_000, Command.newBuilder().setPut(request).build());
      Command numbered = Command.newBuilder().setPut(request).setRequest(id(1, 0, 1)).build();
      Outcome first = apply(machine, 2, 1_000, numbered);

      Outcome again = apply(machine, 3, 1_000, numbered);

      assertThat(first.getPut().getPrevKv().getValue()).isEqualTo(large);
      assertThat(again.getRefusal().getCode()).isEqualTo("ANSWER_FORGOTTEN");
      assertThat(revision(store)).isEqualTo(3);
    }
  }

  @Test
  void anIdOutOfItsBoundsIsRefusedAndNothingApplied() {
    try (Store store = Store.open(folder.resolve("bounds"), StoreOptions.DEFAULT)) {
      StateMachine machine = new StateMachine(store, id -> true);
      List<RequestId> wrong =
          List.of(
              id(1, 1_024, 1),
              id(1, -1, 1),
              id(1, 0, 0),
              id(1, 0, 1).toBuilder().setClient(ByteString.copyFromUtf8("short")).build());

      for (int i = 0; i < wrong.size(); i++) {
        assertThat(apply(machine, i + 1, 1_000, put(wrong.get(i), "x")).getRefusal().getCode())
            .isEqualTo("INVALID_ARGUMENT");
      }
      assertThat(revision(store)).isEqualTo(1);
    }
  }

  /** One machine gets all attempts, the other each request once and without its number. */
  private void runAndCompare(long seed) {
    Random random = new Random(seed);
    List<Command> attempts = attempts(random);
    Map<RequestId, Outcome> answers = new HashMap<>();
    Map<String, Long> last = new HashMap<>();
    try (Store once = Store.open(folder.resolve("once-" + seed), StoreOptions.DEFAULT);
        Store repeated = Store.open(folder.resolve("repeated-" + seed), StoreOptions.DEFAULT)) {
      StateMachine plain = new StateMachine(once, id -> true);
      StateMachine numbered = new StateMachine(repeated, id -> true);
      int index = 0;
      for (Command attempt : attempts) {
        String at = "seed " + seed + ", attempt " + ++index + ": " + attempt;
        RequestId id = attempt.getRequest();
        String lane = id.getClient().toStringUtf8() + "/" + id.getLane();
        Outcome outcome = apply(numbered, index, 1_000, attempt);
        if (attempt.hasRequest() && last.getOrDefault(lane, 0L) > id.getSequence()) {
          assertThat(outcome.getRefusal().getCode()).as(at).isEqualTo("REQUEST_FORGOTTEN");
        } else if (attempt.hasRequest() && answers.containsKey(id)) {
          assertThat(outcome).as(at).isEqualTo(answers.get(id));
        } else {
          Command bare = attempt.toBuilder().clearRequest().build();
          assertThat(outcome).as(at).isEqualTo(apply(plain, index, 1_000, bare));
          answers.put(id, outcome);
          last.put(lane, id.getSequence());
        }
      }
      assertThat(everything(repeated)).as("seed " + seed).isEqualTo(everything(once));
    }
  }

  /**
   * Requests of some clients, each sent up to four times, mixed with each other and with others.
   */
  private static List<Command> attempts(Random random) {
    KeyCommandMaker maker = new KeyCommandMaker(random);
    Map<String, Long> sequences = new HashMap<>();
    List<Command> attempts = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Command command = maker.next(1 + i / 2);
      int copies = 1;
      if (command.hasPut() || command.hasDeleteRange() || command.hasTxn()) {
        int client = random.nextInt(3);
        int lane = random.nextInt(2);
        long sequence = sequences.merge(client + "/" + lane, 1L, Long::sum);
        command = command.toBuilder().setRequest(id(client, lane, sequence)).build();
        copies += random.nextInt(4);
      }
      // Among the last ones: a repetition may overtake, and be overtaken.
      for (int copy = 0; copy < copies; copy++) {
        int place = attempts.size() - random.nextInt(Math.min(8, attempts.size() + 1));
        attempts.add(place, command);
      }
    }
    return attempts;
  }

  private static RequestId id(int client, int lane, long sequence) {
    return RequestId.newBuilder()
        .setClient(ByteString.copyFromUtf8("client-%09d".formatted(client)))
        .setLane(lane)
        .setSequence(sequence)
        .build();
  }

  private static Command put(RequestId id, String key) {
    return Command.newBuilder()
        .setRequest(id)
        .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static Outcome apply(StateMachine machine, long index, long millis, Command command) {
    return machine.apply(new LogPosition(1, index), millis, List.of(command)).outcomes().getFirst();
  }

  private static long revision(Store store) {
    return everything(store).getHeader().getRevision();
  }

  private static RangeResponse everything(Store store) {
    ByteString zero = ByteString.copyFrom(new byte[1]);
    try (ReadView view = store.view()) {
      return KeyQueries.range(
          view, RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build(), Long.MAX_VALUE);
    }
  }
}
