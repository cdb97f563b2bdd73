package io.fencepost.scenarios.run;

import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.stats.Interval;
import io.fencepost.scenarios.stats.Latencies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The percentiles that every latency is reported by. */
final class Percentiles {
    private static final Map<String, Double> REPORTED = reported();

    private Percentiles() {}

    private static Map<String, Double> reported() {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        percentiles.put("p50", 50.0);
        percentiles.put("p95", 95.0);
        percentiles.put("p99", 99.0);
        return percentiles;
    }

    /**
     * Three figures of all parts taken together.
     *
     * @param metric their name without the percentile
     * @param unit microseconds or milliseconds
     * @param intervals how an interval follows from the parts and a figure of them
     */
    static List<Measurement> of(
            Bench bench,
            String scenario,
            String metric,
            TimeUnit unit,
            List<Latencies> parts,
            BiFunction<List<Latencies>, Function<List<Latencies>, Double>, Interval> intervals) {
        Latencies all = Latencies.merged(parts);
        List<Measurement> figures = new ArrayList<>();
        REPORTED.forEach((name, percent) -> figures.add(bench.figure(
                scenario,
                metric + "_" + name,
                symbol(unit),
                all.percentile(percent, unit),
                intervals.apply(parts, some -> Latencies.merged(some).percentile(percent, unit)),
                all.count())));
        return figures;
    }

    private static String symbol(TimeUnit unit) {
        return switch (unit) {
            case MICROSECONDS -> "us";
            case MILLISECONDS -> "ms";
            default -> throw new IllegalArgumentException("latencies are reported in us or ms, not in " + unit);
        };
    }

    /** From the least to the greatest figure of the single parts that have any. */
    static Interval rangeOverParts(List<Latencies> parts, Function<List<Latencies>, Double> figure) {
        return Interval.range(parts.stream()
                .filter(part -> part.count() > 0)
                .map(part -> figure.apply(List.of(part)))
                .toList());
    }
}
