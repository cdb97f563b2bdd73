package io.fencepost.report;

import io.fencepost.report.CurvePlot.Curve;
import io.fencepost.report.CurvePlot.Point;
import io.fencepost.report.RangePlot.Group;
import io.fencepost.report.RangePlot.Kind;
import io.fencepost.report.RangePlot.Line;
import io.fencepost.report.RangePlot.Mark;
import io.fencepost.report.RangePlot.Reference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which measurements become which picture. */
final class Plots {
    private Plots() {}

    static Plot latency(Comparison comparison) {
        List<Group> groups = new ArrayList<>();
        groups.add(percentiles(comparison, Expectations.UNCONTENDED, "acquire", "uncontended acquire"));
        groups.add(percentiles(comparison, Expectations.FLOOR, "raw_acquire", "raw call of the driver"));
        groups.add(percentiles(comparison, Expectations.UNCONTENDED, "release", "uncontended release"));
        for (String scenario : Expectations.CONTENTION) {
            String label = scenario + ": acquire, " + Expectations.threads(scenario) + " threads";
            groups.add(percentiles(comparison, scenario, "acquire", label));
        }
        groups.add(percentiles(comparison, Expectations.HANDOFF, "handoff", "handoff between processes"));
        return new RangePlot(
                "Latency",
                "Filled marker p50 (in figures at the right), stroke p95, hollow marker p99. Logarithmic axis; further left is faster.",
                "ms",
                Scale.logarithmic(values(groups)),
                groups,
                Optional.empty());
    }

    static Plot ratios(Comparison comparison) {
        List<Line> lines = new ArrayList<>();
        for (String provider : comparison.providers()) {
            Optional<Measurement> ratio = find(comparison, Expectations.FLOOR, Expectations.RATIO, provider);
            Optional<Reference> limit = Expectations.target(provider)
                    .map(t -> new Reference(
                            t.limit(),
                            "≤ "
                                    + BigDecimal.valueOf(t.limit())
                                            .stripTrailingZeros()
                                            .toPlainString()));
            if (ratio.isPresent() || limit.isPresent()) {
                List<Mark> marks = new ArrayList<>();
                ratio.ifPresent(r -> {
                    marks.add(new Mark(r.value(), Kind.MAIN));
                    r.interval().ifPresent(i -> {
                        marks.add(new Mark(i.low(), Kind.STROKE));
                        marks.add(new Mark(i.high(), Kind.STROKE));
                    });
                });
                String words = ratio.map(r -> Numbers.format(r.value()) + " " + ComparisonDocument.interval(r))
                        .orElse("missing");
                lines.add(new Line(provider, marks, limit, false, words));
            }
        }
        List<Group> groups = List.of(new Group("p50 of acquire over p50 of the raw call", lines));
        List<Double> values = new ArrayList<>(values(groups));
        values.add(0.9);
        values.add(1.1);
        lines.forEach(line -> line.limit().ifPresent(limit -> values.add(limit.value() * 1.05)));
        return new RangePlot(
                "Acquire beside the floor",
                "1.0 is the raw driver call itself. Strokes: ends of the interval over the blocks of the run. Grey bars: the targets.",
                "times the raw call",
                Scale.linear(values),
                groups,
                Optional.of(new Reference(1, "1.0")));
    }

    static Plot throughput(Comparison comparison) {
        List<Curve> curves = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (String provider : comparison.providers()) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < Expectations.CONTENTION.size(); i++) {
                int step = i;
                find(comparison, Expectations.CONTENTION.get(i), "throughput", provider)
                        .ifPresent(m -> {
                            points.add(new Point(step, m.value(), m.interval()));
                            values.add(m.value());
                            m.interval().ifPresent(interval -> values.addAll(List.of(interval.low(), interval.high())));
                        });
            }
            curves.add(new Curve(provider, points));
        }
        return new CurvePlot(
                "Throughput over contention",
                "Grants a second of one lock by threads that ask for it, in two processes. Logarithmic axis; higher is faster.",
                Expectations.CONTENTION.stream()
                        .map(scenario -> Expectations.threads(scenario) + " threads")
                        .toList(),
                "locks/s",
                Scale.logarithmic(values),
                curves);
    }

    static Plot faults(Comparison comparison) {
        List<Group> groups = List.of(
                faultGroup(
                        comparison,
                        Expectations.TAKEOVER,
                        "holder killed: until another is granted",
                        List.of("takeover_p50", "takeover_max")),
                faultGroup(
                        comparison,
                        Expectations.KILL_NODE,
                        "one backend node killed: longest gap between grants",
                        List.of("unavailable_ms")));
        List<Double> values = new ArrayList<>(values(groups));
        groups.forEach(group -> group.lines().forEach(line -> line.limit().ifPresent(ttl -> values.add(ttl.value()))));
        return new RangePlot(
                "When something dies",
                "Filled marker median (or the one value), hollow marker maximum; grey bars: the ttl. Logarithmic axis.",
                "ms",
                Scale.logarithmic(values),
                groups,
                Optional.empty());
    }

    private static Group percentiles(Comparison comparison, String scenario, String metric, String label) {
        List<Line> lines = new ArrayList<>();
        for (String provider : comparison.providers()) {
            if (measures(comparison, scenario, metric + "_p50", provider)) {
                lines.add(line(
                        comparison,
                        scenario,
                        provider,
                        List.of(metric + "_p50", metric + "_p95", metric + "_p99"),
                        List.of(Kind.MAIN, Kind.STROKE, Kind.END),
                        false));
            }
        }
        return new Group(label, lines);
    }

    private static Group faultGroup(Comparison comparison, String scenario, String label, List<String> metrics) {
        List<Line> lines = comparison.providers().stream()
                .filter(provider -> measures(comparison, scenario, metrics.get(0), provider))
                .map(provider -> line(comparison, scenario, provider, metrics, List.of(Kind.MAIN, Kind.END), true))
                .toList();
        return new Group(label, lines);
    }

    private static Line line(
            Comparison comparison,
            String scenario,
            String provider,
            List<String> metrics,
            List<Kind> kinds,
            boolean fault) {
        List<Mark> marks = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            Kind kind = kinds.get(i);
            String metric = metrics.get(i);
            find(comparison, scenario, metric, provider).ifPresent(m -> {
                Measurement inMillis = m.in(Unit.MILLISECONDS);
                marks.add(new Mark(inMillis.value(), kind));
                words.add(metric + " " + Numbers.format(inMillis.value()) + " ms");
            });
        }
        Optional<Reference> ttl = find(comparison, scenario, "ttl", provider)
                .map(m -> new Reference(m.in(Unit.MILLISECONDS).value(), ""));
        return new Line(provider, marks, ttl, fault, words.isEmpty() ? "missing" : String.join(", ", words));
    }

    private static Optional<Measurement> find(Comparison comparison, String scenario, String metric, String provider) {
        return cell(comparison, scenario, metric, provider).measurement();
    }

    private static boolean measures(Comparison comparison, String scenario, String metric, String provider) {
        return !(cell(comparison, scenario, metric, provider) instanceof Comparison.NotMeasured);
    }

    private static Comparison.Cell cell(Comparison comparison, String scenario, String metric, String provider) {
        int column = comparison.providers().indexOf(provider);
        return comparison
                .section(scenario)
                .map(section -> section.cell(metric, column))
                .orElse(new Comparison.NotMeasured());
    }

    private static List<Double> values(List<Group> groups) {
        return groups.stream()
                .flatMap(group -> group.lines().stream())
                .flatMap(line -> line.marks().stream())
                .map(Mark::value)
                .toList();
    }
}
