package dev.trivet.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

final class JsonReportTest {
  @Test
  void aBrokenRunTellsTheOutcomeTheSeedAndTheCallsThatShowIt() {
    JsonObject run = JsonParser.parseString(JsonReport.of(MadeUpRun.broken())).getAsJsonObject();

    assertThat(run.get("outcome").getAsString()).isEqualTo("BROKEN");
    assertThat(run.get("seed").getAsLong()).isEqualTo(4_242);
    assertThat(run.get("started").getAsString()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(run.get("length").getAsString()).isEqualTo("PT1M");
    JsonObject finding =
        run.getAsJsonArray("judgements")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("findings")
            .get(0)
            .getAsJsonObject();
    assertThat(finding.get("promise").getAsString())
        .isEqualTo("every key behaves as if there were one copy of it");
    assertThat(
            finding.getAsJsonArray("operations").asList().getLast().getAsJsonObject().get("call"))
        .hasToString("\"Get[key=k]\"");
  }
}
