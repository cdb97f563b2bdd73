package io.fencepost.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A line for each provider, in groups, on one horizontal axis: a range, with marks on it.
 *
 * @param unit of the axis, as it is written there
 * @param reference a value to compare with, drawn through all lines
 */
record RangePlot(
        String title, String caption, String unit, Scale scale, List<Group> groups, Optional<Reference> reference)
        implements Plot {

    /** Lines under one heading. */
    record Group(String label, List<Line> lines) {}

    /**
     * @param marks empty when the run has none of them
     * @param limit what the values should not exceed
     * @param fault whether this shows what a fault did
     * @param description every value in words
     */
    record Line(String provider, List<Mark> marks, Optional<Reference> limit, boolean fault, String description) {}

    record Reference(double value, String label) {}

    record Mark(double value, Kind kind) {}

    enum Kind {
        /** The value itself: the provider's marker, filled; it is also written in figures. */
        MAIN,
        /** A point on the way: a short stroke. */
        STROKE,
        /** The far end: the provider's marker, hollow. */
        END
    }

    private static final int WIDTH = 880;
    private static final int LEFT = 130;
    private static final int RIGHT = 90;
    private static final int LINE_HEIGHT = 20;
    private static final int HEADING_HEIGHT = 26;
    private static final int TOP = 26;
    private static final int BOTTOM = 44;

    @Override
    public void draw(Markup out) {
        int bottom = TOP
                + groups.stream()
                        .mapToInt(g -> HEADING_HEIGHT + LINE_HEIGHT * g.lines().size())
                        .sum();
        out.open(
                "svg",
                "viewBox",
                "0 0 " + WIDTH + " " + (bottom + BOTTOM),
                "role",
                "img",
                "aria-label",
                title + ". " + caption);
        drawAxis(out, bottom);
        int y = TOP;
        for (Group group : groups) {
            out.leaf("text", group.label(), "x", "0", "y", at(y + 17), "class", "group");
            y += HEADING_HEIGHT;
            for (Line line : group.lines()) {
                drawLine(out, line, y + LINE_HEIGHT / 2.0);
                y += LINE_HEIGHT;
            }
        }
        out.close();
    }

    private void drawAxis(Markup out, int bottom) {
        for (Scale.Tick tick : scale.ticks()) {
            String x = x(tick.value());
            out.empty(
                    "line",
                    "x1",
                    x,
                    "x2",
                    x,
                    "y1",
                    at(TOP),
                    "y2",
                    at(bottom),
                    "class",
                    tick.label().isEmpty() ? "grid minor" : "grid");
            out.leaf("text", tick.label(), "x", x, "y", at(bottom + 16), "class", "tick middle");
        }
        out.leaf(
                "text",
                unit,
                "x",
                at(LEFT + (WIDTH - LEFT - RIGHT) / 2.0),
                "y",
                at(bottom + 36),
                "class",
                "tick middle");
        reference.ifPresent(r -> {
            String x = x(r.value());
            out.empty("line", "x1", x, "x2", x, "y1", at(TOP), "y2", at(bottom), "class", "reference");
            out.leaf("text", r.label(), "x", x, "y", at(TOP - 8), "class", "tick middle");
        });
    }

    private void drawLine(Markup out, Line line, double y) {
        ProviderStyle style = ProviderStyle.of(line.provider());
        String colour = line.fault() ? ProviderStyle.FAULT_CLASS : style.cssClass();
        out.open("g", "class", colour);
        out.leaf("title", line.provider() + ": " + line.description());
        out.leaf("text", line.provider(), "x", at(LEFT - 14), "y", at(y + 4), "class", "label end");
        if (line.marks().isEmpty()) {
            out.leaf("text", "missing", "x", at(LEFT + 8), "y", at(y + 4), "class", "label absent");
        } else {
            line.limit().ifPresent(limit -> drawLimit(out, limit, y));
            drawMarks(out, line, style, y);
        }
        out.close();
    }

    private void drawLimit(Markup out, Reference limit, double y) {
        String x = x(limit.value());
        out.empty("line", "x1", x, "x2", x, "y1", at(y - 9), "y2", at(y + 9), "class", "limit");
        out.leaf("text", limit.label(), "x", x, "dx", "4", "y", at(y - 5), "class", "tick");
    }

    private void drawMarks(Markup out, Line line, ProviderStyle style, double y) {
        double low = line.marks().stream().mapToDouble(Mark::value).min().orElseThrow();
        double high = line.marks().stream().mapToDouble(Mark::value).max().orElseThrow();
        out.empty(
                "line",
                "x1",
                x(low),
                "x2",
                x(high),
                "y1",
                at(y),
                "y2",
                at(y),
                "class",
                "range",
                "stroke-dasharray",
                style.dash());
        for (Mark mark : line.marks()) {
            if (mark.kind() == Kind.STROKE) {
                String x = x(mark.value());
                out.empty("line", "x1", x, "x2", x, "y1", at(y - 5), "y2", at(y + 5), "class", "range");
            }
        }
        // the main mark last: where marks meet it must stay visible
        line.marks().stream()
                .filter(mark -> mark.kind() != Kind.STROKE)
                .sorted((a, b) -> b.kind().compareTo(a.kind()))
                .forEach(mark -> out.empty(
                        "path",
                        "d",
                        style.marker(),
                        "transform",
                        "translate(" + x(mark.value()) + " " + at(y) + ")",
                        "class",
                        mark.kind() == Kind.END ? "marker hollow" : "marker"));
        line.marks().stream()
                .filter(mark -> mark.kind() == Kind.MAIN)
                .findFirst()
                .ifPresent(mark -> out.leaf(
                        "text",
                        line.limit()
                                .map(limit -> Numbers.formatBeside(mark.value(), limit.value()))
                                .orElseGet(() -> Numbers.format(mark.value())),
                        "x",
                        at(WIDTH - 4),
                        "y",
                        at(y + 4),
                        "class",
                        "label end value"));
    }

    private String x(double value) {
        return at(LEFT + scale.position(value) * (WIDTH - LEFT - RIGHT));
    }

    private static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }
}
