package dev.trivet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

final class LogLineTest {
  private static final LogLine LINE =
      new LogLine(
          Instant.EPOCH,
          Level.WARN,
          "n1",
          "dev.trivet.node.SpaceWatch",
          "no space: {} bytes, \"{}\" left",
          "no space: 5 bytes, \"6\nleft\u0001\" left",
          LogLine.told(new IOException("disk\nfull", new IllegalStateException("why")), false));

  @Test
  void anEventIsOneLineWhateverIsInIt() {
    assertThat(LINE.format(LogOptions.Format.text).lines()).hasSize(1);
    assertThat(LINE.format(LogOptions.Format.json).lines()).hasSize(1);
    assertThat(LINE.format(LogOptions.Format.text))
        .startsWith("1970-01-01T00:00:00.000Z WARN  n1 SpaceWatch no space: 5 bytes")
        .contains("disk | full")
        .contains("caused by java.lang.IllegalStateException: why");
  }

  @Test
  void aBriefErrorHasItsCausesAndNotWhereTheyWereThrown() {
    IOException error = new IOException("disk full", new IllegalStateException("why"));

    assertThat(LogLine.told(error, false)).contains("at dev.trivet.logs.LogLineTest");
    assertThat(LogLine.told(error, true))
        .isEqualTo(
            "java.io.IOException: disk full\ncaused by java.lang.IllegalStateException: why");
  }

  @Test
  void jsonHasTheFixedKeysAndGivesBackWhatWasSaid() throws Exception {
    Struct.Builder read = Struct.newBuilder();

    JsonFormat.parser().merge(LINE.format(LogOptions.Format.json), read);

    assertThat(read.getFieldsMap().keySet())
        .containsExactlyInAnyOrder("time", "level", "node", "event", "logger", "message", "error");
    assertThat(read.getFieldsOrThrow("message").getStringValue()).isEqualTo(LINE.message());
    assertThat(read.getFieldsOrThrow("event").getStringValue())
        .isEqualTo("SpaceWatch.no-space-bytes-left");
  }

  @Test
  void foreignComplaintsAreBriefAndNotRepeatedUntilDetailsAreAskedFor() {
    LogOptions usual = new LogOptions(LogOptions.Format.text, Level.INFO, "n1");
    LogOptions detailed = new LogOptions(LogOptions.Format.text, Level.DEBUG, "n1");

    assertThat(usual.isBrief("org.apache.ratis.x", Level.WARN)).isTrue();
    assertThat(usual.isBrief("org.apache.ratis.x", Level.ERROR)).isFalse();
    assertThat(usual.isBrief("dev.trivet.node.Node", Level.WARN)).isFalse();
    assertThat(detailed.isBrief("org.apache.ratis.x", Level.WARN)).isFalse();
    assertThat(usual.isToldOnce("org.apache.ratis.x")).isTrue();
    assertThat(usual.isToldOnce("dev.trivet.node.Node")).isFalse();
    assertThat(detailed.isToldOnce("org.apache.ratis.x")).isFalse();
  }

  @Test
  void foreignCodeIsHeardOnlyWhenItWarns() {
    LogOptions options = new LogOptions(LogOptions.Format.text, Level.INFO, "n1");

    assertThat(options.logs("dev.trivet.node.Node", Level.INFO)).isTrue();
    assertThat(options.logs("dev.trivet.node.Node", Level.DEBUG)).isFalse();
    assertThat(options.logs("org.apache.ratis.x", Level.INFO)).isFalse();
    assertThat(options.logs("org.apache.ratis.x", Level.WARN)).isTrue();
  }
}
