package dev.trivet.chaos.check;

import static dev.trivet.chaos.check.Calls.answered;
import static dev.trivet.chaos.check.Calls.refused;
import static dev.trivet.chaos.check.Calls.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.watch.Change;
import dev.trivet.chaos.history.watch.Delivery;
import dev.trivet.chaos.history.watch.Seen;
import dev.trivet.chaos.history.watch.WatchStream;
import dev.trivet.chaos.history.watch.Write;
import dev.trivet.chaos.history.watch.Written;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class WatchOrderTest {
  private static final Change A1 = new Change.Put("a", "1");
  private static final Change B1 = new Change.Put("b", "1");
  private static final Change A2 = new Change.Put("a", "2");
  private static final Change NO_A = new Change.Delete("a");

  /** Revision 2 puts a and b together, 3 puts a again, 4 deletes it. */
  private static final List<Operation<Write, Written>> WRITES =
      List.of(
          answered(1, 0, 10, new Write(List.of(A1, B1)), new Written(2, List.of(A1, B1))),
          answered(1, 20, 30, new Write(List.of(A2)), new Written(3, List.of(A2))),
          answered(1, 40, 50, new Write(List.of(NO_A)), new Written(4, List.of(NO_A))));

  private static final Seen[] ALL = {seen(2, A1), seen(2, B1), seen(3, A2), seen(4, NO_A)};

  @Test
  void aWatchThatSawEverythingInOrderIsKept() {
    assertThat(check(stream(1, ALL)).isKept()).isTrue();
  }

  @Test
  void aWatchIsJudgedUpToTheLastRevisionItKnowsToHaveReached() {
    WatchStream early = stream(1, ALL[0], ALL[1]);
    WatchStream told =
        new WatchStream(
            "w",
            "",
            1,
            100,
            List.of(new Delivery(5, 2, List.of(ALL[0], ALL[1])), new Delivery(60, 3, List.of())));

    assertThat(check(early).isKept()).isTrue();
    assertBroken("a watch misses nothing from its start on", told);
  }

  @Test
  void aGapAgainstAnAcknowledgedWriteIsBroken() {
    assertBroken("a watch misses nothing from its start on", stream(1, ALL[0], ALL[1], ALL[3]));
  }

  @Test
  void aRevisionIsSeenWhole() {
    assertBroken("a watch misses nothing from its start on", stream(1, ALL[0], ALL[2], ALL[3]));
    assertBroken(
        "a watch delivers events in the order of revisions",
        stream(1, ALL[0], ALL[2], ALL[1], ALL[3]));
  }

  @Test
  void anEventAfterItsRevisionWasToldToBeReachedIsBroken() {
    assertBroken(
        "a watch delivers events in the order of revisions",
        new WatchStream(
            "w",
            "",
            1,
            100,
            List.of(new Delivery(5, 2, List.of()), new Delivery(60, 4, List.of(ALL)))));
  }

  @Test
  void anEventIsSeenOnce() {
    assertBroken(
        "a watch delivers each event once", stream(1, ALL[0], ALL[1], ALL[1], ALL[2], ALL[3]));
  }

  @Test
  void anEventBeforeTheStartOrOfAnotherKeyIsBroken() {
    assertBroken("a watch delivers what it was asked for and no more", stream(3, ALL));
    assertBroken(
        "a watch delivers what it was asked for and no more",
        new WatchStream("w", "a", 1, 100, List.of(new Delivery(5, 0, List.of(ALL)))));
  }

  @Test
  void anEventThatNoWriteMadeIsBrokenUnlessItsWriteIsUnknown() {
    Change other = new Change.Put("c", "1");
    WatchStream stream = stream(1, ALL[0], ALL[1], ALL[2], ALL[3], seen(5, other));

    List<Operation<Write, Written>> unknown =
        List.of(unknown(2, 60, 70, new Write(List.of(other))));
    List<Operation<Write, Written>> refused =
        List.of(refused(2, 60, 70, new Write(List.of(other))));

    assertThat(WatchOrder.check(List.of(stream), join(unknown)).isKept()).isTrue();
    assertThat(WatchOrder.check(List.of(stream), join(refused)).findings())
        .extracting(Finding::promise)
        .containsExactly("a watch delivers only what happened");
  }

  @Test
  void whatOneWatchSawOfAnUnknownWriteTheOthersSeeToo() {
    Change other = new Change.Put("c", "1");
    List<Operation<Write, Written>> unknown = List.of(unknown(2, 0, 10, new Write(List.of(other))));
    WatchStream one = stream(1, seen(2, A1), seen(2, B1), seen(3, A2), seen(4, NO_A));
    WatchStream two =
        new WatchStream(
            "two",
            "",
            1,
            100,
            List.of(new Delivery(5, 0, List.of(ALL)), new Delivery(6, 0, List.of(seen(5, other)))));
    WatchStream three =
        new WatchStream(
            "three",
            "",
            1,
            100,
            List.of(new Delivery(5, 0, List.of(ALL)), new Delivery(6, 5, List.of())));

    assertThat(WatchOrder.check(List.of(one, two), join(unknown)).isKept()).isTrue();
    assertThat(WatchOrder.check(List.of(one, two, three), join(unknown)).findings())
        .extracting(Finding::promise)
        .containsExactly("a watch misses nothing from its start on");
  }

  @Test
  void allWatchesSeeTheSameValue() {
    assertBroken(
        "all watches see the same",
        stream(1, ALL[0], ALL[1], seen(3, new Change.Put("a", "3")), ALL[3]));
  }

  @Test
  void theValueBeforeAnEventIsThatOfTheEventBefore() {
    Seen right = new Seen(3, A2, new Seen.Previous.Had("1"));
    Seen wrong = new Seen(3, A2, new Seen.Previous.Had("0"));
    Seen absent = new Seen(3, A2, new Seen.Previous.WasAbsent());

    assertThat(check(stream(1, ALL[0], ALL[1], right, ALL[3])).isKept()).isTrue();
    assertBroken(
        "the value before an event is the one of the event before",
        stream(1, ALL[0], ALL[1], wrong, ALL[3]));
    assertBroken(
        "the value before an event is the one of the event before",
        stream(1, ALL[0], ALL[1], absent, ALL[3]));
  }

  private static void assertBroken(String promise, WatchStream stream) {
    assertThat(check(stream).findings()).extracting(Finding::promise).contains(promise);
  }

  private static Judgement check(WatchStream stream) {
    return WatchOrder.check(List.of(stream), WRITES);
  }

  private static List<Operation<Write, Written>> join(List<Operation<Write, Written>> more) {
    return Stream.concat(WRITES.stream(), more.stream()).toList();
  }

  private static WatchStream stream(long start, Seen... events) {
    return new WatchStream("w", "", start, 100, List.of(new Delivery(60, 0, List.of(events))));
  }

  private static Seen seen(long revision, Change change) {
    return new Seen(revision, change, new Seen.Previous.NotAsked());
  }
}
