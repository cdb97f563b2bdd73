package io.fencepost.scenarios.bench;

import io.fencepost.scenarios.stats.Estimate;
import io.fencepost.scenarios.stats.Interval;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * {@code goals.html}: one page that needs nothing from anywhere else. Every ratio is drawn against its limit on one axis: how many times better than the limit it is,
 * so that the right side of the line is the good one for all.
 */
final class GoalsPage {
    private static final int WIDTH = 980;
    private static final int LEFT = 250;
    private static final int RIGHT = 130;
    private static final int LINE_HEIGHT = 26;
    private static final int TOP = 34;
    private static final int BOTTOM = 44;
    private static final double[] TICKS = {0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100};
    /** What is farther away from the limit is drawn at the edge. */
    private static final double FARTHEST = 100;

    private final List<Goal.Outcome> outcomes;
    private final Wording wording;
    private final StringWriter target = new StringWriter();
    private final XMLStreamWriter out;

    GoalsPage(RunFacts facts, Forks forks, List<Pair> pairs, List<Goal.Outcome> outcomes) {
        this.outcomes = outcomes;
        this.wording = new Wording(facts, forks, pairs, outcomes);
        try {
            this.out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(target);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    String text() {
        try {
            write();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return target + "\n";
    }

    private void write() throws XMLStreamException {
        String title = wording.title();
        out.writeDTD("<!DOCTYPE html>\n");
        open("html", "lang", "en");
        open("head");
        empty("meta", "charset", "utf-8");
        empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        leaf("title", title);
        leaf("style", "\n" + style());
        out.writeEndElement();
        open("body");
        open("main");
        leaf("h1", title);
        leaf("p", wording.summary());
        if (!outcomes.isEmpty()) {
            plot();
            goals();
        }
        List<List<String>> optimisations = wording.optimisations();
        if (!optimisations.isEmpty()) {
            leaf("h2", "Optimisations");
            table(Wording.optimisationsHead(), optimisations);
        }
        for (String sentence : wording.reading()) {
            leaf("p", sentence, "class", "muted");
        }
        leaf("h2", "Contestants: what they guarantee, and their speed");
        table(List.of("contestant", "role, version", "guarantee", "median of forks"), wording.contestants());
        List<String> missing = wording.missing();
        if (!missing.isEmpty()) {
            leaf("h2", "Without a figure");
            open("ul");
            for (String reason : missing) {
                leaf("li", reason);
            }
            out.writeEndElement();
        }
        out.writeEndDocument();
    }

    private void goals() throws XMLStreamException {
        leaf("h2", "Goals");
        open("div", "class", "scroll");
        open("table");
        head(List.of("goal", "limit", "reached", "interval", "met", "forks"));
        open("tbody");
        for (Goal.Outcome outcome : outcomes) {
            open("tr");
            open("td");
            leaf("strong", Wording.title(outcome.goal()));
            leaf("small", outcome.goal().definition());
            out.writeEndElement();
            for (String cell :
                    List.of(Wording.limit(outcome.goal()), Wording.reached(outcome), Wording.interval(outcome))) {
                leaf("td", cell, "class", "number");
            }
            open("td");
            leaf("span", Wording.met(outcome), "class", "met " + css(outcome.met()));
            leaf("small", outcome.reason());
            out.writeEndElement();
            leaf("td", Wording.forks(outcome), "class", "number");
            out.writeEndElement();
        }
        out.writeEndElement();
        out.writeEndElement();
        out.writeEndElement();
    }

    private void table(List<String> head, List<List<String>> rows) throws XMLStreamException {
        open("div", "class", "scroll");
        open("table");
        head(head);
        open("tbody");
        for (List<String> row : rows) {
            open("tr");
            for (String cell : row) {
                leaf("td", cell);
            }
            out.writeEndElement();
        }
        out.writeEndElement();
        out.writeEndElement();
        out.writeEndElement();
    }

    private void head(List<String> cells) throws XMLStreamException {
        open("thead");
        open("tr");
        for (String cell : cells) {
            leaf("th", cell, "scope", "col");
        }
        out.writeEndElement();
        out.writeEndElement();
    }

    private void plot() throws XMLStreamException {
        // a limit of zero has no multiples
        List<Goal.Outcome> drawn = outcomes.stream()
                .filter(outcome -> outcome.estimate()
                                .filter(estimate -> estimate.value() > 0)
                                .isPresent()
                        && outcome.goal().limit() > 0)
                .toList();
        if (drawn.isEmpty()) {
            return;
        }
        Axis axis = Axis.around(drawn.stream().flatMap(GoalsPage::points).toList());
        int bottom = TOP + LINE_HEIGHT * drawn.size();
        open("figure");
        leaf(
                "figcaption",
                "Each dot is a figure held against its limit, with its interval: 2 is twice as good as was wanted, 0.5 half as good."
                        + " The axis is logarithmic.");
        open(
                "svg",
                "viewBox",
                "0 0 " + WIDTH + " " + (bottom + BOTTOM),
                "role",
                "img",
                "aria-label",
                "Every figure against its limit; the table below has the same in numbers");
        for (double tick : TICKS) {
            if (tick >= axis.low() && tick <= axis.high()) {
                String x = at(axis.x(tick));
                empty("line", "x1", x, "x2", x, "y1", at(TOP), "y2", at(bottom), "class", tick == 1 ? "limit" : "grid");
                leaf("text", Digits.of(tick), "x", x, "y", at(bottom + 16), "class", "tick middle");
            }
        }
        leaf("text", "the limit", "x", at(axis.x(1)), "y", at(TOP - 10), "class", "tick middle");
        leaf("text", "missed ←", "x", at(axis.x(1) - 40), "y", at(TOP - 10), "class", "tick end");
        leaf("text", "→ better", "x", at(axis.x(1) + 40), "y", at(TOP - 10), "class", "tick");
        leaf(
                "text",
                "times better than the limit",
                "x",
                at(LEFT + (WIDTH - LEFT - RIGHT) / 2.0),
                "y",
                at(bottom + 36),
                "class",
                "tick middle");
        double y = TOP + LINE_HEIGHT / 2.0;
        for (Goal.Outcome outcome : drawn) {
            line(outcome, axis, y);
            y += LINE_HEIGHT;
        }
        out.writeEndElement();
        out.writeEndElement();
    }

    private void line(Goal.Outcome outcome, Axis axis, double y) throws XMLStreamException {
        Goal goal = outcome.goal();
        Estimate estimate = outcome.estimate().orElseThrow();
        open("g", "class", goal.provider());
        leaf(
                "title",
                Wording.title(goal) + ": " + Wording.reached(outcome) + ", interval " + Wording.interval(outcome)
                        + ", limit " + Wording.limit(goal) + ": "
                        + outcome.met().words());
        leaf("text", goal.id(), "x", at(LEFT - 14), "y", at(y + 4), "class", "label end");
        Optional<Interval> interval = estimate.interval();
        if (interval.isPresent()) {
            double one = axis.x(better(goal, interval.get().low()));
            double other = axis.x(better(goal, interval.get().high()));
            for (double end : new double[] {one, other}) {
                empty("line", "x1", at(end), "x2", at(end), "y1", at(y - 5), "y2", at(y + 5), "class", "range");
            }
            empty("line", "x1", at(one), "x2", at(other), "y1", at(y), "y2", at(y), "class", "range");
        }
        empty(
                "circle",
                "cx",
                at(axis.x(better(goal, estimate.value()))),
                "cy",
                at(y),
                "r",
                "5",
                "class",
                outcome.met() == Met.YES ? "dot" : "dot hollow");
        leaf(
                "text",
                Wording.reached(outcome) + " " + sign(outcome.met()),
                "x",
                at(WIDTH - 4),
                "y",
                at(y + 4),
                "class",
                "label end " + css(outcome.met()));
        out.writeEndElement();
    }

    private static Stream<Double> points(Goal.Outcome outcome) {
        Estimate estimate = outcome.estimate().orElseThrow();
        return Stream.concat(
                        Stream.of(estimate.value()),
                        estimate.interval().stream().flatMap(interval -> Stream.of(interval.low(), interval.high())))
                .map(value -> better(outcome.goal(), value));
    }

    private static double better(Goal goal, double value) {
        double times = goal.sense().lessIsBetter() ? goal.limit() / value : value / goal.limit();
        return Math.max(1 / FARTHEST, Math.min(FARTHEST, times));
    }

    private static String sign(Met met) {
        return switch (met) {
            case YES -> "✓";
            case NO -> "✕";
            case INSIDE_THE_NOISE -> "≈";
            case NOT_MEASURED -> "?";
        };
    }

    private static String css(Met met) {
        return met.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Equal steps are equal factors. */
    private record Axis(double low, double high) {
        static Axis around(List<Double> points) {
            double least = points.stream().mapToDouble(p -> p).min().orElse(1);
            double greatest = points.stream().mapToDouble(p -> p).max().orElse(1);
            return new Axis(Math.min(0.5, least / 1.1), Math.max(2, greatest * 1.1));
        }

        double x(double value) {
            return LEFT + Math.log(value / low) / Math.log(high / low) * (WIDTH - LEFT - RIGHT);
        }
    }

    private static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(GoalsPage.class.getResourceAsStream("goals.css"), "goals.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param attributes names and values in turn */
    private void open(String element, String... attributes) throws XMLStreamException {
        out.writeStartElement(element);
        attributes(attributes);
    }

    private void leaf(String element, String text, String... attributes) throws XMLStreamException {
        open(element, attributes);
        out.writeCharacters(printable(text));
        out.writeEndElement();
    }

    private void empty(String element, String... attributes) throws XMLStreamException {
        out.writeEmptyElement(element);
        attributes(attributes);
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            out.writeAttribute(attributes[i], printable(attributes[i + 1]));
        }
    }

    /** Words of others may hold characters that no XML document may. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", " ");
    }
}
