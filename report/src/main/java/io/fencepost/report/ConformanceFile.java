package io.fencepost.report;

import io.fencepost.report.Conformance.Outcome;
import io.fencepost.report.Conformance.RuleId;
import io.fencepost.report.Conformance.Suite;
import io.fencepost.report.Conformance.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code conformance.csv}, which the conformance kit writes. */
final class ConformanceFile {
    static final String NAME = "conformance.csv";

    /** The columns, in order. */
    static final List<String> COLUMNS =
            List.of("rule", "title", "provider", "result", "reason", "millis", "kit", "api", "at");

    private static final Pattern RULE = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})");
    private static final Map<String, Verdict> RESULTS =
            Map.of("PASSED", Verdict.PASSED, "FAILED", Verdict.FAILED, "NOT RUN", Verdict.NOT_RUN);

    /** What the reason of a rule begins with that has no meaning for a provider. */
    private static final String NOT_APPLICABLE = "not applicable";

    private final SortedMap<RuleId, String> rules = new TreeMap<>();
    private final SortedMap<String, Suite> suites = new TreeMap<>(ProviderOrder.USUAL);
    private final Map<String, String> places = new HashMap<>();

    private ConformanceFile() {}

    static Conformance read(Path file) throws IOException {
        ConformanceFile reading = new ConformanceFile();
        CsvTable.read(file, COLUMNS, reading::take);
        if (reading.suites.isEmpty()) {
            throw new ResultsFormatException(file.getFileName() + ", line 2: there is no result below the header");
        }
        return new Conformance(reading.rules, List.copyOf(reading.suites.values()));
    }

    private void take(CsvTable.Row row) throws ResultsFormatException {
        RuleId rule = rule(row);
        String title = filled(row, 1);
        String provider = row.name(2);
        Outcome outcome = outcome(row);
        row.wholeNumber(5);
        Suite suite = suite(provider, row);
        String first = places.putIfAbsent(provider + " " + rule, row.place());
        if (first != null) {
            throw row.malformed(
                    0, "a second result of rule " + rule + " of " + provider + "; the first is in " + first);
        }
        rules.putIfAbsent(rule, title);
        suite.outcomes().put(rule, outcome);
    }

    /** The provider's, which all of its rows must tell alike: one run of the kit made them. */
    private Suite suite(String provider, CsvTable.Row row) throws ResultsFormatException {
        Suite found = new Suite(provider, filled(row, 6), filled(row, 7), instant(row), new TreeMap<>());
        Suite suite = suites.computeIfAbsent(provider, name -> found);
        demandSame(row, 6, suite.kit(), found.kit());
        demandSame(row, 7, suite.api(), found.api());
        demandSame(row, 8, suite.at(), found.at());
        return suite;
    }

    private static void demandSame(CsvTable.Row row, int column, Object first, Object here)
            throws ResultsFormatException {
        if (!first.equals(here)) {
            throw row.malformed(
                    column,
                    "'" + here + "', but '" + first + "' in earlier rows of " + row.get(2) + ": not of one run");
        }
    }

    private static RuleId rule(CsvTable.Row row) throws ResultsFormatException {
        Matcher matcher = RULE.matcher(row.get(0));
        if (!matcher.matches()) {
            throw row.malformed(0, "'" + row.get(0) + "' is not the number of a rule, like 2.4");
        }
        return new RuleId(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    private static Outcome outcome(CsvTable.Row row) throws ResultsFormatException {
        Verdict verdict = RESULTS.get(row.get(3));
        if (verdict == null) {
            throw row.malformed(3, "'" + row.get(3) + "' is not PASSED, FAILED or NOT RUN");
        }
        String reason = row.get(4).strip();
        if (verdict == Verdict.NOT_RUN && reason.startsWith(NOT_APPLICABLE)) {
            verdict = Verdict.NOT_APPLICABLE;
            reason = reason.substring(NOT_APPLICABLE.length()).replaceFirst("^[:, ]+", "");
        }
        return new Outcome(verdict, reason.isEmpty() && verdict != Verdict.PASSED ? "no reason was given" : reason);
    }

    private static Instant instant(CsvTable.Row row) throws ResultsFormatException {
        try {
            return Instant.parse(row.get(8));
        } catch (DateTimeException e) {
            throw row.malformed(8, "'" + row.get(8) + "' is not an instant in UTC, like 2026-01-31T12:00:00Z");
        }
    }

    private static String filled(CsvTable.Row row, int column) throws ResultsFormatException {
        if (row.get(column).isBlank()) {
            throw row.malformed(column, "there is no " + COLUMNS.get(column));
        }
        return row.get(column);
    }
}
