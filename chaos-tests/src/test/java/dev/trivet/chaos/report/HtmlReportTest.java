package dev.trivet.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class HtmlReportTest {
  @Test
  void aBrokenRunNamesThePromiseTheSeedAndTheCommandOnAWellFormedPage() throws Exception {
    String words = parse(HtmlReport.of(MadeUpRun.broken())).getDocumentElement().getTextContent();

    assertThat(words)
        .contains(
            "BROKEN",
            "every key behaves as if there were one copy of it",
            "4242",
            "chaos-tests/run partition --seed 4242 'a & b'",
            "partition <leader>",
            "CompareAndSet[key=k, expected=v2, value=<w>]",
            "n1: 812 packets dropped",
            "disks that lie");
  }

  @Test
  void theVerdictIsTheWorstOfItsChecksAndNoCheckIsNoProof() {
    assertThat(HtmlReport.of(MadeUpRun.kept())).contains("<p class=\"verdict\">KEPT</p>");
    assertThat(HtmlReport.of(MadeUpRun.broken())).contains("<p class=\"verdict\">BROKEN</p>");
    assertThat(HtmlReport.of(MadeUpRun.run(List.of())))
        .contains("<p class=\"verdict\">UNDECIDED</p>");
  }

  @Test
  void thePageLoadsAndRunsNothing() throws Exception {
    String html = HtmlReport.of(MadeUpRun.broken());
    Document page = parse(html);

    assertThat(html).doesNotContain("http:", "https:", "url(", "@import", "<script");
    assertThat(elements(page))
        .noneMatch(
            element ->
                element.hasAttribute("src")
                    || element.hasAttribute("href")
                    || element.hasAttribute("xlink:href"));
  }

  @Test
  void eachFaultIsABandOfEachChart() throws Exception {
    List<Element> bands =
        elements(parse(HtmlReport.of(MadeUpRun.kept()))).stream()
            .filter(element -> element.getAttribute("class").equals("band"))
            .toList();

    assertThat(bands)
        .extracting(Element::getTextContent)
        .containsExactly("partition n1", "pause n2, n3", "partition n1", "pause n2, n3");
  }

  private static List<Element> elements(Document page) {
    NodeList nodes = page.getElementsByTagName("*");
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }
}
