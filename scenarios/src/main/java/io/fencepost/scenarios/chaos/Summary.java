package io.fencepost.scenarios.chaos;

import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Result;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.output.MeasurementFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What many runs came to, by scenario and provider.
 *
 * @param rows all runs
 */
public record Summary(List<RunRow> rows) {
    public Summary {
        rows = List.copyOf(rows);
    }

    private record Cell(String scenario, String provider) {
        static Cell of(RunRow row) {
            return new Cell(
                    row.task().scenario().id() + "-" + row.task().scenario().name(),
                    row.task().variant().id());
        }
    }

    /** How many runs were judged invalid. */
    public long invalid() {
        return count(rows, Result.INVALID);
    }

    /** How many runs were judged unknown, or could not be carried out. */
    public long unknown() {
        return count(rows, Result.UNKNOWN);
    }

    private static long count(Collection<RunRow> rows, Result result) {
        return rows.stream()
                .filter(row -> row.result().filter(result::equals).isPresent())
                .count();
    }

    private Map<Cell, List<RunRow>> cells() {
        Map<Cell, List<RunRow>> cells = new LinkedHashMap<>();
        for (RunRow row : rows) {
            cells.computeIfAbsent(Cell.of(row), cell -> new ArrayList<>()).add(row);
        }
        return cells;
    }

    /** Scenario × provider: how many runs were judged what, and what they exposed. */
    public String table() {
        Map<Cell, List<RunRow>> cells = cells();
        Set<String> scenarios = new LinkedHashSet<>();
        Set<String> providers = new LinkedHashSet<>();
        cells.keySet().forEach(cell -> {
            scenarios.add(cell.scenario());
            providers.add(cell.provider());
        });
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("scenario"));
        head.addAll(providers);
        lines.add(head);
        for (String scenario : scenarios.stream()
                .sorted(java.util.Comparator.comparingInt(Summary::number))
                .toList()) {
            List<String> line = new ArrayList<>(List.of(scenario));
            for (String provider : providers) {
                line.add(Optional.ofNullable(cells.get(new Cell(scenario, provider)))
                        .map(Summary::describe)
                        .orElse("-"));
            }
            lines.add(line);
        }
        return aligned(lines)
                + "\n\nDH: grants while another client relied on the same lock; TR: tokens that repeat or go down;"
                + "\nlost: updates that a store without a fence lost, and - behind the slash - one with it";
    }

    private static int number(String scenario) {
        String digits = scenario.replaceAll("^S(\\d+)-.*$", "$1");
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : Integer.MAX_VALUE;
    }

    private static String describe(List<RunRow> runs) {
        List<String> words = new ArrayList<>();
        for (Result result : Result.values()) {
            long count = count(runs, result);
            if (count > 0) {
                words.add(result.json() + (runs.size() > 1 ? " " + count : ""));
            }
        }
        if (words.isEmpty()) {
            return "NOT RUN";
        }
        long doubles = sum(runs, row -> row.exposure("double_holder"));
        long tokens = sum(runs, row -> row.exposure("token_regression"));
        return "%s; DH %d, TR %d, lost %d/%d"
                .formatted(
                        String.join(", ", words),
                        doubles,
                        tokens,
                        sum(runs, row -> row.exposure("twin_losses")),
                        sum(runs, RunRow::staleWrites));
    }

    private static long sum(List<RunRow> runs, java.util.function.ToLongFunction<RunRow> of) {
        return runs.stream().mapToLong(of).sum();
    }

    private static String aligned(List<List<String>> lines) {
        int columns = lines.get(0).size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                row.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }

    /** Writes {@code chaos.csv}, instead of an earlier one. */
    void writeChaosCsv(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve("chaos.csv"));
        MeasurementFile file = new MeasurementFile(
                folder.resolve("chaos.csv"),
                folder.toAbsolutePath().normalize().getFileName().toString());
        file.append(measurements());
    }

    /** The figures of all runs that were made, by scenario and provider. */
    public List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>();
        cells().forEach((cell, runs) -> {
            List<RunRow> made =
                    runs.stream().filter(row -> row.result().isPresent()).toList();
            List<Judgement> judged =
                    made.stream().flatMap(row -> row.judgement().stream()).toList();
            if (made.isEmpty()) {
                return;
            }
            for (Result result : Result.values()) {
                all.add(number(cell, result.json() + "_runs", count(made, result), made.size()));
            }
            if (judged.isEmpty()) {
                return;
            }
            long grants = judged.stream().mapToLong(Judgement::grants).sum();
            all.add(number(cell, "exposure_double_holders", sum(made, row -> row.exposure("double_holder")), grants));
            all.add(number(
                    cell, "exposure_token_regressions", sum(made, row -> row.exposure("token_regression")), grants));
            all.add(number(cell, "stale_writes", sum(made, RunRow::staleWrites), grants));
            all.add(number(cell, "exposure_lost_updates", sum(made, row -> row.exposure("twin_losses")), grants));
            all.add(figure(
                    cell,
                    "exposure_overlap",
                    "ms",
                    most(judged, j -> j.metrics().exposure().overlapTotalMs()),
                    judged.size()));
            for (Outcome outcome : Outcome.values()) {
                all.add(number(
                        cell,
                        "operations_" + outcome.name().toLowerCase(Locale.ROOT),
                        judged.stream().mapToLong(outcome::count).sum(),
                        judged.size()));
            }
            all.add(figure(
                    cell,
                    "takeover_max",
                    "ms",
                    most(judged, j -> j.metrics().takeover().max()),
                    judged.size()));
            all.add(figure(
                    cell,
                    "recovery_max",
                    "ms",
                    most(judged, j -> j.metrics().recovery().max()),
                    judged.size()));
            all.add(figure(
                    cell, "unavailable_max", "ms", most(judged, j -> j.metrics().unavailableMs()), judged.size()));
        });
        return all;
    }

    private static double most(List<Judgement> judged, ToDoubleFunction<Judgement> of) {
        return judged.stream().mapToDouble(of).max().orElse(0);
    }

    private static Measurement number(Cell cell, String metric, long count, long n) {
        return figure(cell, metric, "count", (double) count, n);
    }

    private static Measurement figure(Cell cell, String metric, String unit, double value, long n) {
        return new Measurement(cell.provider(), cell.scenario(), metric, unit, value, Optional.empty(), n);
    }
}
