package io.fencepost.report;

import io.fencepost.report.Measurement.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A curve for each provider over a few steps.
 *
 * @param steps what stands below the curve's points, evenly spaced
 * @param unit of the vertical axis, as it is written there
 */
record CurvePlot(String title, String caption, List<String> steps, String unit, Scale scale, List<Curve> curves)
        implements Plot {

    record Curve(String provider, List<Point> points) {}

    /** @param step the index of the step */
    record Point(int step, double value, Optional<Interval> interval) {}

    private static final int WIDTH = 880;
    private static final int HEIGHT = 340;
    private static final int LEFT = 70;
    private static final int RIGHT = 170;
    private static final int TOP = 30;
    private static final int BOTTOM = 44;
    private static final int LABEL_DISTANCE = 16;

    @Override
    public void draw(Markup out) {
        out.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", title + ". " + caption);
        out.leaf("text", unit, "x", at(LEFT), "y", "16", "class", "tick");
        for (Scale.Tick tick : scale.ticks()) {
            String y = y(tick.value());
            String grid = tick.label().isEmpty() ? "grid minor" : "grid";
            out.empty("line", "x1", at(LEFT), "x2", at(WIDTH - RIGHT), "y1", y, "y2", y, "class", grid);
            out.leaf("text", tick.label(), "x", at(LEFT - 8), "y", y, "dy", "4", "class", "tick end");
        }
        for (int i = 0; i < steps.size(); i++) {
            out.leaf("text", steps.get(i), "x", at(x(i)), "y", at(HEIGHT - BOTTOM + 22), "class", "tick middle");
        }
        Map<String, Double> labels = labelHeights();
        curves.forEach(curve -> drawCurve(out, curve, labels));
        out.close();
    }

    private void drawCurve(Markup out, Curve curve, Map<String, Double> labels) {
        ProviderStyle style = ProviderStyle.of(curve.provider());
        List<String> corners = new ArrayList<>();
        out.open("g", "class", style.cssClass());
        for (Point point : curve.points()) {
            corners.add(at(x(point.step())) + "," + y(point.value()));
        }
        out.empty("polyline", "points", String.join(" ", corners), "class", "curve", "stroke-dasharray", style.dash());
        for (Point point : curve.points()) {
            String x = at(x(point.step()));
            point.interval()
                    .ifPresent(interval -> out.empty(
                            "line",
                            "x1",
                            x,
                            "x2",
                            x,
                            "y1",
                            y(interval.low()),
                            "y2",
                            y(interval.high()),
                            "class",
                            "range"));
            out.open(
                    "path",
                    "d",
                    style.marker(),
                    "transform",
                    "translate(" + x + " " + y(point.value()) + ")",
                    "class",
                    "marker");
            out.leaf(
                    "title",
                    curve.provider() + ", " + steps.get(point.step()) + ": " + Numbers.format(point.value()) + " "
                            + unit);
            out.close();
        }
        Double label = labels.get(curve.provider());
        if (label != null) {
            Point last = curve.points().get(curve.points().size() - 1);
            out.leaf(
                    "text",
                    curve.provider() + " " + Numbers.format(last.value()),
                    "x",
                    at(x(last.step()) + 14),
                    "y",
                    at(label + 4),
                    "class",
                    "label");
        }
        out.close();
    }

    /** Beside the last point of each curve, pushed down where two would overlap. */
    private Map<String, Double> labelHeights() {
        Map<String, Double> heights = new HashMap<>();
        double free = 0;
        List<Curve> fromTop = curves.stream()
                .filter(curve -> !curve.points().isEmpty())
                .sorted(Comparator.comparingDouble(CurvePlot::last).reversed())
                .toList();
        for (Curve curve : fromTop) {
            double height = Math.max(free, Double.parseDouble(y(last(curve))));
            heights.put(curve.provider(), height);
            free = height + LABEL_DISTANCE;
        }
        return heights;
    }

    private static double last(Curve curve) {
        return curve.points().get(curve.points().size() - 1).value();
    }

    private double x(int step) {
        double inset = 40;
        double room = WIDTH - LEFT - RIGHT - 2 * inset;
        return LEFT + inset + (steps.size() < 2 ? 0 : room * step / (steps.size() - 1));
    }

    private String y(double value) {
        return at(HEIGHT - BOTTOM - scale.position(value) * (HEIGHT - TOP - BOTTOM));
    }

    private static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }
}
