package io.fencepost.scenarios.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.scenarios.stats.Fairness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads what the benchmarks of a run left: {@code jmh/<backend>/round-<nn>/<name>.json}, as JMH writes it, with what JMH has no place for beside it in {@code
 * <name>.extra.json}.
 */
final class ForkReader {
    private static final String EXTRA = ".extra.json";
    private static final Map<String, Double> MICROS =
            Map.of("ns/op", 1e-3, "us/op", 1.0, "ms/op", 1e3, "s/op", 1e6, "min/op", 60e6);
    private static final List<String> ALLOCATION = List.of("gc.alloc.rate.norm", "·gc.alloc.rate.norm");

    private final JsonMapper mapper = JsonMapper.builder().build();

    /**
     * All forks below the folder {@code jmh} of a run; none if it has none.
     *
     * @throws IOException if a file cannot be read or is not what it should be, with its name
     */
    Forks read(Path run) throws IOException {
        Path folder = run.resolve("jmh");
        if (!Files.isDirectory(folder)) {
            return new Forks(List.of());
        }
        List<Path> extras;
        try (Stream<Path> files = Files.walk(folder)) {
            extras = files.filter(file -> file.getFileName().toString().endsWith(EXTRA))
                    .sorted()
                    .toList();
        }
        List<Fork> forks = new ArrayList<>();
        for (Path extra : extras) {
            forks.add(fork(extra));
        }
        return new Forks(forks);
    }

    private Fork fork(Path extraFile) throws IOException {
        JsonNode extra = tree(extraFile);
        Series series = series(extraFile, extra.path("configuration"));
        int round = number(extraFile, extra, "round");
        String notRun = extra.path("notRun").asText("");
        if (!notRun.isBlank()) {
            return new Fork(series, round, Map.of(), notRun, false);
        }
        String error = extra.path("error").asText("");
        String name = extraFile.getFileName().toString();
        Path jmhFile = extraFile.resolveSibling(name.substring(0, name.length() - EXTRA.length()) + ".json");
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        addViolations(extra, figures);
        if (!error.isBlank() || !Files.isRegularFile(jmhFile)) {
            return new Fork(series, round, figures, error.isBlank() ? "JMH left no result" : error, true);
        }
        boolean measured = false;
        for (JsonNode result : tree(jmhFile)) {
            addResult(jmhFile, result, extra, figures);
            measured = true;
        }
        return new Fork(series, round, figures, measured ? "" : "JMH measured nothing", !measured);
    }

    private static Series series(Path file, JsonNode configuration) throws IOException {
        SortedMap<String, String> parameters = new TreeMap<>();
        for (Map.Entry<String, JsonNode> parameter :
                configuration.path("params").properties()) {
            parameters.put(parameter.getKey(), parameter.getValue().asText());
        }
        return new Series(
                text(file, configuration, "backend"),
                text(file, configuration, "benchmark"),
                text(file, configuration, "contestant"),
                number(file, configuration, "clients"),
                number(file, configuration, "threads"),
                configuration.path("stoppedNodes").asInt(0),
                parameters);
    }

    private static String text(Path file, JsonNode configuration, String field) throws IOException {
        JsonNode value = configuration.path(field);
        if (!value.isTextual()) {
            throw new IOException(file + ": configuration." + field + " is missing");
        }
        return value.asText();
    }

    private static int number(Path file, JsonNode configuration, String field) throws IOException {
        JsonNode value = configuration.path(field);
        if (!value.canConvertToInt() || value.asInt() < 1) {
            throw new IOException(file + ": " + field + " is no number from 1");
        }
        return value.asInt();
    }

    private static void addResult(Path file, JsonNode result, JsonNode extra, Map<Metric, Double> figures)
            throws IOException {
        JsonNode primary = result.path("primaryMetric");
        String unit = primary.path("scoreUnit").asText();
        Double micros = MICROS.get(unit);
        if (micros != null) {
            put(figures, Metric.MEAN, primary.path("score"), micros);
            if (result.path("mode").asText().equals("sample")) {
                JsonNode percentiles = primary.path("scorePercentiles");
                put(figures, Metric.P50, percentiles.path("50.0"), micros);
                put(figures, Metric.P99, percentiles.path("99.0"), micros);
            }
        } else if (unit.startsWith("ops/")) {
            addContention(extra, figures);
        } else {
            throw new IOException(file + ": a score in '" + unit + "'");
        }
        JsonNode secondary = result.path("secondaryMetrics");
        for (String allocation : ALLOCATION) {
            put(figures, Metric.ALLOCATED, secondary.path(allocation).path("score"), 1);
        }
    }

    /** The side file is exact where JMH adds up the rates of single threads, of which each had few turns. */
    private static void addContention(JsonNode extra, Map<Metric, Double> figures) {
        double seconds = extra.path("seconds").asDouble();
        if (seconds > 0) {
            put(figures, Metric.THROUGHPUT, extra.path("acquired"), 1 / seconds);
        }
        put(figures, Metric.WAIT_P50, extra.path("waitMicros").path("p50"), 1);
        put(figures, Metric.WAIT_P99, extra.path("waitMicros").path("p99"), 1);
        put(figures, Metric.WAIT_MEAN, extra.path("waitMicros").path("mean"), 1);
        put(figures, Metric.CONTENDED, extra.path("contended"), 1);
        put(figures, Metric.UNAVAILABLE, extra.path("unavailable"), 1);
        put(figures, Metric.UNKNOWN, extra.path("unknown"), 1);
        List<Long> shares = new ArrayList<>();
        extra.path("grantsPerThread").forEach(share -> shares.add(share.asLong()));
        if (shares.size() > 1 && shares.stream().anyMatch(share -> share > 0)) {
            figures.put(Metric.JAIN_INDEX, Fairness.jain(shares));
        }
    }

    /** Also those of a fork that failed, which is what they make of it. */
    private static void addViolations(JsonNode extra, Map<Metric, Double> figures) {
        put(figures, Metric.TOKEN_VIOLATIONS, extra.path("tokenViolations"), 1);
        put(figures, Metric.DOUBLE_HOLDERS, extra.path("overlaps"), 1);
    }

    /** JMH writes what it has no number for as a text. */
    private static void put(Map<Metric, Double> figures, Metric metric, JsonNode value, double factor) {
        if (value.isNumber() && Double.isFinite(value.asDouble())) {
            figures.put(metric, value.asDouble() * factor);
        }
    }

    private JsonNode tree(Path file) throws IOException {
        try {
            return mapper.readTree(file.toFile());
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
