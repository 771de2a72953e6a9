package dev.trivet.bench.churn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.bench.churn.Violation.Kind;
import dev.trivet.proto.etcd.Event;
import dev.trivet.proto.etcd.KeyValue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchCheckTest {
  private static final KeyValue CREATED = object("a", 11, 11, 1, "one");
  private static final KeyValue UPDATED = object("a", 11, 12, 2, "two");

  private final List<Kind> found = new ArrayList<>();
  private final WatchCheck check = new WatchCheck(10, violation -> found.add(violation.kind()));

  @Test
  void aLifeOfAnObjectIsNoViolation() {
    check.acknowledged(11);
    check.event(put(CREATED));
    check.event(put(UPDATED, CREATED));
    check.acknowledged(12);
    check.progress(12);
    check.progress(12);
    check.event(deleted("a", 13, UPDATED));
    check.event(put(object("a", 14, 14, 1, "again")));

    assertThat(found).isEmpty();
    assertThat(check.hasAll()).isTrue();
    assertThat(check.told()).isEqualTo(14);
  }

  @Test
  void anAcknowledgedWriteThatALaterEventPassesIsMissed() {
    check.acknowledged(11);

    check.event(put(object("b", 12, 12, 1, "")));

    assertThat(found).containsExactly(Kind.MISSED);
  }

  @Test
  void anAcknowledgedWriteThatProgressPassesIsMissed() {
    check.acknowledged(11);

    check.progress(11);

    assertThat(found).containsExactly(Kind.MISSED);
  }

  @Test
  void aWriteAcknowledgedAfterALaterOneWasToldIsMissed() {
    check.event(put(object("b", 12, 12, 1, "")));

    check.acknowledged(11);

    assertThat(found).containsExactly(Kind.MISSED);
  }

  @Test
  void aWriteThatIsNotToldYetIsAwaited() {
    check.acknowledged(11);

    assertThat(found).isEmpty();
    assertThat(check.hasAll()).isFalse();
  }

  @Test
  void anEventThatComesTwiceIsRepeated() {
    check.event(put(CREATED));

    check.event(put(CREATED));

    assertThat(found).containsExactly(Kind.REPEATED);
  }

  @Test
  void anEventThatProgressHasPassedIsRepeated() {
    check.progress(11);

    check.event(put(CREATED));

    assertThat(found).containsExactly(Kind.REPEATED);
  }

  @Test
  void aPreviousValueThatWasNotToldIsWrong() {
    check.event(put(CREATED));

    check.event(put(UPDATED, object("a", 11, 11, 1, "other")));

    assertThat(found).containsExactly(Kind.WRONG_PREVIOUS);
  }

  @Test
  void aPreviousValueThatIsNotSaidIsWrong() {
    check.event(put(CREATED));

    check.event(put(UPDATED));

    assertThat(found).containsExactly(Kind.WRONG_PREVIOUS);
  }

  @Test
  void aPreviousValueOfAnObjectThatWasNeverToldIsWrong() {
    check.event(put(UPDATED, CREATED));

    assertThat(found).containsExactly(Kind.WRONG_PREVIOUS);
  }

  @Test
  void aPreviousValueOfADeletedObjectIsWrong() {
    check.event(put(CREATED));
    check.event(deleted("a", 12, CREATED));

    check.event(put(object("a", 13, 13, 1, ""), CREATED));

    assertThat(found).containsExactly(Kind.WRONG_PREVIOUS);
  }

  @Test
  void aWatchThatBeganAgainDoesNotKnowWhatWasBefore() {
    check.acknowledged(11);

    check.beginAgain(11);
    check.acknowledged(11);
    check.event(put(UPDATED, CREATED));

    assertThat(found).isEmpty();
    assertThat(check.hasAll()).isTrue();
  }

  @Test
  void progressThatGoesBackIsAViolation() {
    check.progress(12);

    check.progress(11);

    assertThat(found).containsExactly(Kind.PROGRESS_BACK);
  }

  @Test
  void progressBehindAnEventIsAViolation() {
    check.event(put(object("b", 12, 12, 1, "")));

    check.progress(11);

    assertThat(found).containsExactly(Kind.PROGRESS_BACK);
  }

  private static Event put(KeyValue object) {
    return Event.newBuilder().setKv(object).build();
  }

  private static Event put(KeyValue object, KeyValue previous) {
    return Event.newBuilder().setKv(object).setPrevKv(previous).build();
  }

  private static Event deleted(String key, long revision, KeyValue previous) {
    return Event.newBuilder()
        .setType(Event.EventType.DELETE)
        .setKv(object(key, 0, revision, 0, ""))
        .setPrevKv(previous)
        .build();
  }

  private static KeyValue object(
      String key, long created, long modified, long version, String value) {
    return KeyValue.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setCreateRevision(created)
        .setModRevision(modified)
        .setVersion(version)
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }
}
