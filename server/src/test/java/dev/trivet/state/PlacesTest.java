package dev.trivet.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.KeepPlace;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.state.members.Places;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that were added before their nodes were started. */
final class PlacesTest {
  private final Store store;
  private final StateMachine machine;

  PlacesTest(@TempDir Path folder) {
    store = Store.open(folder.resolve("store"), StoreOptions.DEFAULT);
    machine = new StateMachine(store, _ -> true);
  }

  @AfterEach
  void end() {
    store.close();
  }

  @Test
  void aPlaceIsKeptUntilItIsGivenUpOnce() {
    assertThat(refusal(keep(5, false, "h:1"))).isEmpty();
    assertThat(refusal(keep(3, true, "h:2", "h:3"))).isEmpty();

    assertThat(places()).extracting(PlaceRecord::getId).containsExactly(3L, 5L);
    assertThat(refusal(giveUp(5))).isEmpty();
    assertThat(refusal(giveUp(5))).isEqualTo(ErrorCode.MEMBER_NOT_FOUND.name());
    assertThat(places()).extracting(PlaceRecord::getId).containsExactly(3L);
  }

  @Test
  void noAddressIsInTwoPlaces() {
    var _ = keep(5, false, "h:1", "h:2");

    assertThat(refusal(keep(6, false, "h:2"))).isEqualTo(ErrorCode.PEER_URL_EXISTS.name());
    assertThat(refusal(keep(6, false, "h:3"))).isEmpty();
    assertThat(refusal(change(6, "h:1"))).isEqualTo(ErrorCode.PEER_URL_EXISTS.name());
    assertThat(refusal(change(5, "h:2"))).isEmpty();
    assertThat(refusal(change(6, "h:1"))).isEmpty();
  }

  @Test
  void aChangeOfAddressesMakesNoPlaceAndChangesNoLearner() {
    assertThat(refusal(change(5, "h:1"))).isEqualTo(ErrorCode.MEMBER_NOT_FOUND.name());
    var _ = keep(5, true, "h:1");
    assertThat(refusal(change(5, "h:2"))).isEmpty();

    assertThat(places())
        .containsExactly(
            PlaceRecord.newBuilder().setId(5).addAddresses("h:2").setIsLearner(true).build());
  }

  @Test
  void oneLearnerIsExpectedAtATimeAndSixtyFourMembers() {
    assertThat(refusal(keep(1, true, "h:1"))).isEmpty();
    assertThat(refusal(keep(2, true, "h:2"))).isEqualTo(ErrorCode.TOO_MANY_LEARNERS.name());
    for (int id = 2; id <= 64; id++) {
      assertThat(refusal(keep(id, false, "h:" + id))).isEmpty();
    }

    assertThat(refusal(keep(65, false, "h:65"))).isEqualTo(ErrorCode.TOO_MANY_REQUESTS.name());
    assertThat(places()).hasSize(64);
  }

  private Outcome keep(long id, boolean isLearner, String... addresses) {
    return apply(
        Command.newBuilder()
            .setKeepPlace(
                KeepPlace.newBuilder()
                    .setPlace(
                        PlaceRecord.newBuilder()
                            .setId(id)
                            .setIsLearner(isLearner)
                            .addAllAddresses(List.of(addresses)))));
  }

  private Outcome change(long id, String address) {
    return apply(
        Command.newBuilder()
            .setKeepPlace(
                KeepPlace.newBuilder()
                    .setPlace(PlaceRecord.newBuilder().setId(id).addAddresses(address))
                    .setIsChange(true)));
  }

  private Outcome giveUp(long id) {
    return apply(Command.newBuilder().setGiveUpPlace(GiveUpPlace.newBuilder().setId(id)));
  }

  private Outcome apply(Command.Builder command) {
    LogPosition next = new LogPosition(1, store.applied().index() + 1);
    return machine.apply(next, 1_000, List.of(command.build())).outcomes().getFirst();
  }

  private List<PlaceRecord> places() {
    try (ReadView view = store.view()) {
      return Places.all(view);
    }
  }

  private static String refusal(Outcome outcome) {
    return outcome.hasRefusal() ? outcome.getRefusal().getCode() : "";
  }
}
