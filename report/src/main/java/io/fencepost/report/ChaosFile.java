package io.fencepost.report;

import io.fencepost.report.ChaosRun.Expectation;
import io.fencepost.report.ChaosRun.Figures;
import io.fencepost.report.ChaosRun.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the {@code runs.csv} of chaos, one row a run, and in {@code verdict.json} beside it why a run is not valid. */
final class ChaosFile {
    /** Of the runs, within the folder of a comparison. */
    static final String FOLDER = "chaos";

    static final String NAME = "runs.csv";

    /** The columns, in order. */
    static final List<String> COLUMNS = List.of(
            "scenario",
            "provider",
            "seed",
            "verdict",
            "double_holder_expected",
            "double_holders",
            "overlap_ms",
            "token_regressions",
            "stale_writes",
            "twin_lost",
            "takeover_max_ms",
            "recovery_max_ms",
            "unavailable_ms",
            "grants",
            "operations_ok",
            "operations_failed",
            "operations_unknown",
            "seconds",
            "reason");

    private static final Map<String, Verdict> VERDICTS = Map.of(
            "valid", Verdict.VALID, "unknown", Verdict.UNKNOWN, "invalid", Verdict.INVALID, "NOT RUN", Verdict.NOT_RUN);
    private static final Map<String, Expectation> EXPECTATIONS = Map.of(
            "expected", Expectation.EXPECTED, "allowed", Expectation.ALLOWED, "forbidden", Expectation.FORBIDDEN);

    private static final int FIRST_FIGURE = COLUMNS.indexOf("double_holders");
    private static final int FIRST_AFTER_FIGURES = COLUMNS.indexOf("seconds");

    private final Path folder;
    private final List<ChaosRun> runs = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();

    private ChaosFile(Path folder) {
        this.folder = folder;
    }

    /**
     * @param runFolder the folder of a comparison
     * @return empty if there is no such file, or no run in it: chaos was left out, or broken off in its first run
     */
    static Optional<Chaos> read(Path runFolder) throws IOException {
        ChaosFile reading = new ChaosFile(runFolder.resolve(FOLDER));
        Path file = reading.folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        CsvTable.read(file, FOLDER + "/" + NAME, COLUMNS, reading::take);
        return reading.runs.isEmpty() ? Optional.empty() : Optional.of(new Chaos(reading.runs));
    }

    private void take(CsvTable.Row row) throws IOException {
        String scenario = row.name(0);
        String provider = row.name(1);
        long seed = seed(row);
        Verdict verdict = oneOf(row, 3, VERDICTS, "valid, unknown, invalid or NOT RUN");
        Expectation doubleHolder = oneOf(row, 4, EXPECTATIONS, "forbidden, allowed or expected");
        Optional<Figures> figures = figures(row, verdict);
        row.wholeNumber(FIRST_AFTER_FIGURES);
        String name = ChaosRun.folder(scenario, provider, seed);
        String first = places.putIfAbsent(name, row.place());
        if (first != null) {
            throw row.malformed(
                    2,
                    "a second run of " + scenario + " on " + provider + " with seed " + seed + "; the first is in "
                            + first);
        }
        boolean forbiddenSeen = doubleHolder == Expectation.FORBIDDEN
                && figures.filter(found -> found.doubleHolders() > 0).isPresent();
        if (verdict == Verdict.VALID && forbiddenSeen) {
            throw row.malformed(3, "'valid', with " + row.get(FIRST_FIGURE) + " double holders that are forbidden");
        }
        runs.add(new ChaosRun(
                scenario, provider, seed, verdict, doubleHolder, figures, reason(row, verdict, folder.resolve(name))));
    }

    private static long seed(CsvTable.Row row) throws ResultsFormatException {
        try {
            return Long.parseLong(row.get(2));
        } catch (NumberFormatException e) {
            throw row.malformed(2, "'" + row.get(2) + "' is not a whole number");
        }
    }

    private static <T> T oneOf(CsvTable.Row row, int column, Map<String, T> words, String inWords)
            throws ResultsFormatException {
        T found = words.get(row.get(column));
        if (found == null) {
            throw row.malformed(column, "'" + row.get(column) + "' is not " + inWords);
        }
        return found;
    }

    /** All or none: whoever judges a run counts everything. */
    private static Optional<Figures> figures(CsvTable.Row row, Verdict verdict) throws ResultsFormatException {
        boolean judged = verdict == Verdict.VALID
                || verdict == Verdict.INVALID
                || (verdict == Verdict.UNKNOWN && !row.get(FIRST_FIGURE).isEmpty());
        if (!judged) {
            for (int column = FIRST_FIGURE; column < FIRST_AFTER_FIGURES; column++) {
                if (!row.get(column).isEmpty()) {
                    throw row.malformed(column, "'" + row.get(column) + "' of a run that was not judged");
                }
            }
            return Optional.empty();
        }
        for (int column = 14; column < FIRST_AFTER_FIGURES; column++) {
            row.wholeNumber(column);
        }
        return Optional.of(new Figures(
                row.wholeNumber(FIRST_FIGURE),
                row.number(6),
                row.wholeNumber(7),
                row.wholeNumber(8),
                row.wholeNumber(9),
                row.number(10),
                row.number(11),
                row.number(12),
                row.wholeNumber(13)));
    }

    private static String reason(CsvTable.Row row, Verdict verdict, Path run) throws IOException {
        String told = row.get(COLUMNS.size() - 1).strip();
        if (verdict == Verdict.VALID || !told.isEmpty()) {
            return told;
        }
        String none = "no reason was given";
        return verdict == Verdict.NOT_RUN
                ? none
                : VerdictFile.reason(run, FOLDER + "/" + run.getFileName()).orElse(none);
    }
}
