package dev.trivet.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.Batch;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.KeepPlace;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.proto.log.RequestId;
import dev.trivet.proto.log.TakeLeadership;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class EntryFormatTest {
  private static final String GOLDEN = "540108e8071206a201030a0161";
  private static final String NUMBERED = "540108e80712120a0a0a026162100318042001a201030a0161";
  private static final String PLACE =
      "540108e8071210c2010d0a0908051203683a31180110011205ca01020805";
  private static final Batch BATCH =
      Batch.newBuilder()
          .setTimeMillis(1000)
          .addCommands(
              Command.newBuilder().setTakeLeadership(TakeLeadership.newBuilder().setMember("a")))
          .build();

  @Test
  void anEntryHasTheBytesThatEarlierVersionsWrote() {
    byte[] entry = EntryFormat.encode(BATCH);

    assertThat(HexFormat.of().formatHex(entry)).isEqualTo(GOLDEN);
    assertThat(EntryFormat.decode(bytes(GOLDEN))).isEqualTo(BATCH);
  }

  @Test
  void aNumberedCommandHasTheBytesThatEarlierVersionsWrote() {
    Batch batch =
        Batch.newBuilder()
            .setTimeMillis(1000)
            .addCommands(
                BATCH.getCommands(0).toBuilder()
                    .setRequest(
                        RequestId.newBuilder()
                            .setClient(ByteString.copyFromUtf8("ab"))
                            .setLane(3)
                            .setSequence(4)
                            .setIsClientKnown(true)))
            .build();

    assertThat(HexFormat.of().formatHex(EntryFormat.encode(batch))).isEqualTo(NUMBERED);
    assertThat(EntryFormat.decode(bytes(NUMBERED))).isEqualTo(batch);
  }

  @Test
  void aPlaceThatIsKeptHasTheBytesThatEarlierVersionsWrote() {
    Batch batch =
        Batch.newBuilder()
            .setTimeMillis(1000)
            .addCommands(
                Command.newBuilder()
                    .setKeepPlace(
                        KeepPlace.newBuilder()
                            .setPlace(
                                PlaceRecord.newBuilder()
                                    .setId(5)
                                    .addAddresses("h:1")
                                    .setIsLearner(true))
                            .setIsChange(true)))
            .addCommands(Command.newBuilder().setGiveUpPlace(GiveUpPlace.newBuilder().setId(5)))
            .build();

    assertThat(HexFormat.of().formatHex(EntryFormat.encode(batch))).isEqualTo(PLACE);
    assertThat(EntryFormat.decode(bytes(PLACE))).isEqualTo(batch);
  }

  @Test
  void aLaterFormatIsTooNewAndNotCorrupt() {
    assertFailsWith("540208e807", ErrorCode.DATA_TOO_NEW);
  }

  @Test
  void bytesThatAreNoEntryAreCorrupt() {
    assertFailsWith("", ErrorCode.DATA_CORRUPT);
    assertFailsWith("54", ErrorCode.DATA_CORRUPT);
    assertFailsWith("550108e807", ErrorCode.DATA_CORRUPT);
    assertFailsWith("540008e807", ErrorCode.DATA_CORRUPT);
    assertFailsWith("540108e8071206a201", ErrorCode.DATA_CORRUPT);
  }

  private static void assertFailsWith(String entry, ErrorCode code) {
    assertThatThrownBy(() -> EntryFormat.decode(bytes(entry)))
        .isInstanceOfSatisfying(TrivetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }
}
