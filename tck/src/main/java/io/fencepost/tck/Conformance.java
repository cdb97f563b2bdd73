package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.tck.RuleResult.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The results of one provider: one for each rule of the catalogue, in its order.
 *
 * @param provider name of the fixture
 * @param origin of the results
 * @param results of all rules
 */
record Conformance(String provider, Origin origin, List<RuleResult> results) {
    static final String FILE = "conformance.csv";

    /** Those of a result, and those of its origin. */
    static final List<String> COLUMNS =
            Stream.concat(RuleResult.COLUMNS.stream(), Origin.COLUMNS.stream()).toList();

    Conformance {
        results = List.copyOf(results);
    }

    /**
     * What made the results of a provider.
     *
     * @param kit version of the kit
     * @param api version of the lock API that it ran with
     * @param at when the suite ended
     */
    record Origin(String kit, String api, Instant at) {
        static final List<String> COLUMNS = List.of("kit", "api", "at");

        List<String> toFields() {
            return List.of(kit, api, at.toString());
        }

        /** @throws IllegalArgumentException if the fields are not those that {@link #toFields} gives */
        static Origin fromFields(List<String> fields) {
            try {
                return new Origin(fields.get(0), fields.get(1), Instant.parse(fields.get(2)));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "'" + fields.get(2) + "' is not an instant like 2026-01-31T12:00:00Z", e);
            }
        }

        @Override
        public String toString() {
            return "kit " + kit + ", lock API " + api + ", " + at;
        }
    }

    List<RuleResult> with(Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).toList();
    }

    /** Writes {@value #FILE} into a folder, which is made. */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        return write(List.of(this), folder.resolve(FILE));
    }

    /** Writes the results of several providers into one file. */
    static Path write(Collection<Conformance> all, Path file) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (Conformance conformance : all) {
            List<String> origin = conformance.origin().toFields();
            conformance
                    .results()
                    .forEach(result -> rows.add(Stream.concat(result.toFields().stream(), origin.stream())
                            .toList()));
        }
        return Files.writeString(file, Csv.format(rows), UTF_8);
    }

    /** Reads what {@link #write(Path)} wrote. */
    static Conformance read(Path file) throws IOException {
        List<Conformance> all = readAll(file);
        if (all.size() != 1) {
            throw new IOException(file + " has the results of " + all.size() + " providers, not of one");
        }
        return all.get(0);
    }

    /** Reads the results of all providers that a file has, one or more. */
    static List<Conformance> readAll(Path file) throws IOException {
        try {
            List<List<String>> rows = Csv.parse(Files.readString(file, UTF_8));
            if (rows.size() < 2 || !rows.get(0).equals(COLUMNS)) {
                throw new IllegalArgumentException("expected the header " + COLUMNS + " and one row or more, got "
                        + (rows.isEmpty() ? "nothing" : rows.get(0)) + " and " + Math.max(0, rows.size() - 1));
            }
            Map<String, Conformance> all = new LinkedHashMap<>();
            rows.stream()
                    .skip(1)
                    .map(Conformance::ofOneRule)
                    .forEach(one -> all.merge(one.provider(), one, Conformance::plus));
            return List.copyOf(all.values());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a " + FILE + ": " + e.getMessage(), e);
        }
    }

    private static Conformance ofOneRule(List<String> row) {
        if (row.size() != COLUMNS.size()) {
            throw new IllegalArgumentException("expected the columns " + COLUMNS + ", got " + row);
        }
        RuleResult result = RuleResult.fromFields(row.subList(0, RuleResult.COLUMNS.size()));
        Origin origin = Origin.fromFields(row.subList(RuleResult.COLUMNS.size(), row.size()));
        return new Conformance(result.provider(), origin, List.of(result));
    }

    private Conformance plus(Conformance more) {
        if (!origin.equals(more.origin)) {
            throw new IllegalArgumentException(
                    "results of '" + provider + "' from two runs: " + origin + " and " + more.origin);
        }
        return new Conformance(
                provider,
                origin,
                Stream.concat(results.stream(), more.results.stream()).toList());
    }

    /** The rules that were not run, by reason. */
    static Map<String, List<RuleResult>> byReason(List<RuleResult> results) {
        return results.stream()
                .collect(Collectors.groupingBy(RuleResult::reason, LinkedHashMap::new, Collectors.toList()));
    }

    static String numbers(List<RuleResult> results) {
        return results.stream().map(result -> result.rule().toString()).collect(Collectors.joining(" "));
    }
}
