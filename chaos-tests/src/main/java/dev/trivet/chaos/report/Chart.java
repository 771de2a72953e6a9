package dev.trivet.chaos.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Lines over the seconds of a run, with a band for each fault behind them.
 *
 * @param title with the unit
 * @param lengthSeconds of the run
 * @param faults to be drawn as bands
 * @param lines one or more
 */
record Chart(String title, double lengthSeconds, List<Run.Inflicted> faults, List<Line> lines) {
  /**
   * One line.
   *
   * @param style a class of the style sheet
   */
  record Line(
      String label, String style, List<Run.Second> seconds, ToDoubleFunction<Run.Second> value) {}

  private static final int WIDTH = 900;
  private static final int HEIGHT = 170;
  private static final int LEFT = 56;
  private static final int TOP = 24;
  private static final int BOTTOM = 24;

  String svg() {
    double top = roundUp(highest());
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
            .formatted(WIDTH, HEIGHT, Markup.text(title)));
    faults.forEach(fault -> svg.append(band(fault)));
    for (int i = 0; i <= 2; i++) {
      double value = top * i / 2;
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT,
              WIDTH,
              y(value, top),
              y(value, top)));
      svg.append(label(LEFT - 6, y(value, top) + 4, "end", tick(value)));
    }
    for (int i = 0; i <= 5; i++) {
      double second = lengthSeconds * i / 5;
      String anchor = i == 5 ? "end" : "middle";
      svg.append(label(x(second), HEIGHT - 6, anchor, Math.round(second) + " s"));
    }
    double at = LEFT;
    svg.append(label(at, 14, "start", title));
    for (Line line : lines) {
      svg.append(points(line, top));
    }
    at = WIDTH - 110.0 * lines.size();
    for (Line line : lines) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"line %s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\"/>",
              line.style(),
              at,
              at + 18));
      svg.append(label(at + 24, 14, "start", line.label()));
      at += 110;
    }
    return svg.append("</svg>").toString();
  }

  private String band(Run.Inflicted fault) {
    double end = fault.endSeconds() == Run.NEVER ? lengthSeconds : fault.endSeconds();
    return String.format(
        Locale.ROOT,
        "<rect class=\"band\" x=\"%.1f\" width=\"%.1f\" y=\"%d\" height=\"%d\"><title>%s</title></rect>",
        x(fault.beginSeconds()),
        Math.max(2, x(end) - x(fault.beginSeconds())),
        TOP,
        HEIGHT - TOP - BOTTOM,
        Markup.text(fault.kind() + " " + String.join(", ", fault.victims())));
  }

  private String points(Line line, double top) {
    StringBuilder points = new StringBuilder();
    for (Run.Second second : line.seconds()) {
      double value = line.value().applyAsDouble(second);
      points.append(
          String.format(Locale.ROOT, "%.1f,%.1f ", x(second.second() + 0.5), y(value, top)));
    }
    return "<polyline class=\"line %s\" points=\"%s\"/>"
        .formatted(line.style(), points.toString().strip());
  }

  private double highest() {
    return lines.stream()
        .flatMapToDouble(line -> line.seconds().stream().mapToDouble(line.value()))
        .max()
        .orElse(0);
  }

  private double x(double second) {
    return LEFT + (WIDTH - LEFT) * second / Math.max(1, lengthSeconds);
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
  }

  /** To 1, 2 or 5 times a power of ten. */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1))));
    for (int step : List.of(1, 2, 5)) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static String label(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        Markup.text(text));
  }

  private static String tick(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Markup.number(value);
  }
}
