package dev.trivet.chaos.report;

import dev.trivet.chaos.history.Operation;
import dev.trivet.chaos.history.Result;
import java.util.List;
import java.util.Locale;

/**
 * Calls as bars over time, a row for each client, with a table that says what they are.
 *
 * @param operations one or more, by their begins
 */
record OperationTimeline(List<Operation<?, ?>> operations) {
  private static final int WIDTH = 900;
  private static final int LEFT = 80;
  private static final int ROW = 24;
  private static final int NARROWEST = 16;

  String html() {
    return svg() + table();
  }

  private String svg() {
    List<Integer> clients = operations.stream().map(Operation::client).distinct().sorted().toList();
    int height = clients.size() * ROW + 8;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"calls around it\">"
            .formatted(WIDTH, height));
    for (int row = 0; row < clients.size(); row++) {
      svg.append(
          "<text x=\"0\" y=\"%d\">client %d</text>".formatted(row * ROW + 19, clients.get(row)));
    }
    for (int number = 0; number < operations.size(); number++) {
      Operation<?, ?> operation = operations.get(number);
      double begin = x(operation.beginNanos());
      double end = isUnknown(operation) ? WIDTH : x(operation.endNanos());
      int y = clients.indexOf(operation.client()) * ROW + 4;
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"call %s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"><title>%s</title></rect><text class=\"number\" x=\"%.1f\" y=\"%d\">%d</text>",
              style(operation),
              begin,
              y,
              Math.max(NARROWEST, end - begin),
              ROW - 4,
              Markup.text(operation.call() + " = " + words(operation.result())),
              begin + 3,
              y + 15,
              number + 1));
    }
    return svg.append("</svg>").toString();
  }

  private String table() {
    StringBuilder table =
        new StringBuilder(
            "<table><thead><tr><th>#</th><th>client</th><th>asked</th><th>from ms</th><th>to ms</th><th>call</th><th>result</th></tr></thead><tbody>");
    long zero = first();
    for (int number = 0; number < operations.size(); number++) {
      Operation<?, ?> operation = operations.get(number);
      table.append(
          "<tr class=\"%s\"><td>%d</td><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td><code>%s</code></td><td><code>%s</code></td></tr>"
              .formatted(
                  style(operation),
                  number + 1,
                  operation.client(),
                  Markup.text(operation.endpoint()),
                  millis(operation.beginNanos() - zero),
                  isUnknown(operation) ? "open" : millis(operation.endNanos() - zero),
                  Markup.text(operation.call()),
                  Markup.text(words(operation.result()))));
    }
    return table.append("</tbody></table>").toString();
  }

  static String words(Result<?> result) {
    return switch (result) {
      case Result.Answered<?>(Object answer) -> answer.toString();
      case Result.Refused<?>(String reason) -> "refused: " + reason;
      case Result.Unknown<?>(String reason) -> "unknown: " + reason;
    };
  }

  private static String style(Operation<?, ?> operation) {
    return switch (operation.result()) {
      case Result.Answered<?> _ -> "answered";
      case Result.Refused<?> _ -> "refused";
      case Result.Unknown<?> _ -> "unknown";
    };
  }

  private static boolean isUnknown(Operation<?, ?> operation) {
    return operation.result() instanceof Result.Unknown<?>;
  }

  private double x(long nanos) {
    long last = operations.stream().mapToLong(Operation::endNanos).max().orElse(0);
    double share = (double) (nanos - first()) / Math.max(1, last - first());
    return LEFT + share * (WIDTH - LEFT - NARROWEST);
  }

  private long first() {
    return operations.stream().mapToLong(Operation::beginNanos).min().orElse(0);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }
}
