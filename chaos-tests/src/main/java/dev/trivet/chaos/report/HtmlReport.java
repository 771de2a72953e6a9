package dev.trivet.chaos.report;

import dev.trivet.chaos.check.Finding;
import dev.trivet.chaos.check.Judgement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A run as one page: the verdict on top, then what is broken, what clients felt, the faults with
 * what shows that they happened, and what the run does not cover. It loads nothing and runs
 * nothing, and is well-formed XML.
 */
public final class HtmlReport {
  private final Run run;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(Run run) {
    this.run = run;
  }

  /** The whole page. */
  public static String of(Run run) {
    return new HtmlReport(run).render();
  }

  private String render() {
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
    page.append("<title>").append(run.outcome()).append(' ').append(Markup.text(run.name()));
    page.append("</title><style>").append(style()).append("</style></head><body><main>\n");
    head();
    findings();
    judgements();
    loads();
    faults();
    list("Environment", run.environment());
    list("Not covered by this run", run.notCovered());
    return page.append("</main></body></html>\n").toString();
  }

  private void head() {
    page.append(
        "<header class=\"%s\"><p class=\"verdict\">%s</p><div><h1>%s</h1><p>seed <code>%d</code> · %s · %s s</p><p class=\"why\">%s</p></div></header><p>To run it again: <code>%s</code></p>\n"
            .formatted(
                run.outcome(),
                run.outcome(),
                Markup.text(run.name()),
                run.seed(),
                Markup.text(run.started()),
                Markup.number(run.length().toMillis() / 1e3),
                Markup.text(why()),
                Markup.text(run.command())));
  }

  private String why() {
    long findings = run.judgements().stream().mapToLong(judged -> judged.findings().size()).sum();
    return switch (run.outcome()) {
      case KEPT ->
          "%d checks, %d faults, no promise broken"
              .formatted(run.judgements().size(), run.faults().size());
      case BROKEN -> findings + (findings == 1 ? " finding" : " findings");
      case UNDECIDED -> "a check could not be finished, so the run proves nothing";
    };
  }

  private void findings() {
    for (Judgement judged : run.judgements()) {
      for (Finding finding : judged.findings()) {
        page.append(
            "<section class=\"finding\"><h2>Broken: %s</h2><p>%s</p>"
                .formatted(Markup.text(finding.promise()), Markup.text(finding.what())));
        if (!finding.operations().isEmpty()) {
          page.append(new OperationTimeline(finding.operations()).html());
        }
        page.append("</section>\n");
      }
    }
  }

  private void judgements() {
    table("Checks", List.of("check", "outcome", "looked at"));
    for (Judgement judged : run.judgements()) {
      row(
          Markup.text(judged.checker()),
          "<span class=\"%s\">%s</span>".formatted(judged.outcome(), judged.outcome()),
          Markup.text(judged.note()));
    }
    endTable(run.judgements().isEmpty());
  }

  private void loads() {
    page.append("<section><h2>What clients felt</h2>");
    double length = run.length().toMillis() / 1e3;
    for (Run.Load load : run.workloads()) {
      page.append(
          "<h3>%s</h3><p>%d answered, %d refused, %d unknown%s</p>"
              .formatted(
                  Markup.text(load.workload()),
                  load.answered(),
                  load.refused(),
                  load.unknown(),
                  gaps(load)));
      page.append(
          new Chart(
                  "answers a second",
                  length,
                  run.faults(),
                  List.of(new Chart.Line("answered", "a", load.seconds(), Run.Second::answered)))
              .svg());
      page.append(
          new Chart(
                  "latency, ms",
                  length,
                  run.faults(),
                  List.of(
                      new Chart.Line("median", "a", load.seconds(), Run.Second::medianMillis),
                      new Chart.Line("99 %", "b", load.seconds(), Run.Second::p99Millis),
                      new Chart.Line("longest", "c", load.seconds(), Run.Second::maxMillis)))
              .svg());
    }
    page.append("<p class=\"legend\">Shaded: a fault.</p></section>\n");
  }

  private static String gaps(Run.Load load) {
    if (load.gaps().isEmpty()) {
      return "";
    }
    List<String> gaps =
        load.gaps().stream()
            .map(
                gap ->
                    "%s s at %s s"
                        .formatted(
                            Markup.number(gap.endSeconds() - gap.beginSeconds()),
                            Markup.number(gap.beginSeconds())))
            .toList();
    return "; no answer for " + String.join(", ", gaps);
  }

  private void faults() {
    table("Faults", List.of("fault", "from s", "to s", "victims", "recovered after s", "evidence"));
    for (Run.Inflicted fault : run.faults()) {
      row(
          Markup.text(fault.kind()),
          Markup.number(fault.beginSeconds()),
          seconds(fault.endSeconds()),
          Markup.text(String.join(", ", fault.victims())),
          seconds(fault.recoverySeconds()),
          fault.evidence().isEmpty()
              ? "<span class=\"BROKEN\">none</span>"
              : Markup.text(String.join("; ", fault.evidence())));
    }
    endTable(run.faults().isEmpty());
  }

  private static String seconds(double value) {
    return value == Run.NEVER ? "never" : Markup.number(value);
  }

  private void list(String title, List<String> lines) {
    page.append("<section><h2>").append(title).append("</h2>");
    if (lines.isEmpty()) {
      page.append("<p>Nothing is noted.</p>");
    } else {
      page.append("<ul>");
      lines.forEach(line -> page.append("<li>").append(Markup.text(line)).append("</li>"));
      page.append("</ul>");
    }
    page.append("</section>\n");
  }

  private void table(String title, List<String> heads) {
    page.append("<section><h2>").append(title).append("</h2><table><thead><tr>");
    heads.forEach(head -> page.append("<th>").append(head).append("</th>"));
    page.append("</tr></thead><tbody>");
  }

  /**
   * @param cells escaped
   */
  private void row(String... cells) {
    page.append("<tr>");
    for (String cell : cells) {
      page.append("<td>").append(cell).append("</td>");
    }
    page.append("</tr>");
  }

  private void endTable(boolean isEmpty) {
    page.append("</tbody></table>").append(isEmpty ? "<p>None.</p>" : "").append("</section>\n");
  }

  private static String style() {
    try (InputStream resource = HtmlReport.class.getResourceAsStream("report.css")) {
      if (resource == null) {
        throw new IllegalStateException("no resource report.css");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException("reading report.css", failure);
    }
  }
}
