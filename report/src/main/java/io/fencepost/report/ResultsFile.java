package io.fencepost.report;

import io.fencepost.report.Measurement.Interval;
import io.fencepost.report.Measurement.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code bench.csv} and {@code chaos.csv}. */
final class ResultsFile {
    /** The columns, in order. */
    static final List<String> COLUMNS =
            List.of("run", "provider", "scenario", "metric", "unit", "value", "low", "high", "n");

    private ResultsFile() {}

    static void read(Path file, Results.Builder into) throws IOException {
        CsvTable.read(file, COLUMNS, row -> into.add(measurement(row, into), row.place()));
    }

    private static Measurement measurement(CsvTable.Row row, Results.Builder results) throws ResultsFormatException {
        String run = row.name(0);
        Subject subject = new Subject(row.name(1), row.name(2), row.name(3));
        if (!results.belongs(run)) {
            throw row.malformed(0, "the row is of run '" + run + "', the folder of another: " + results.run());
        }
        Unit unit = Unit.of(row.get(4)).orElseThrow(() -> row.malformed(4, "unknown unit '" + row.get(4) + "'"));
        double value = row.number(5);
        Optional<Interval> interval = interval(row);
        return new Measurement(subject, unit, value, interval, count(row));
    }

    private static Optional<Interval> interval(CsvTable.Row row) throws ResultsFormatException {
        if (row.get(6).isEmpty() && row.get(7).isEmpty()) {
            return Optional.empty();
        }
        double low = row.number(6);
        double high = row.number(7);
        if (low > high) {
            throw row.malformed(6, "low " + row.get(6) + " is above high " + row.get(7));
        }
        return Optional.of(new Interval(low, high));
    }

    private static OptionalLong count(CsvTable.Row row) throws ResultsFormatException {
        return row.get(8).isEmpty() ? OptionalLong.empty() : OptionalLong.of(row.wholeNumber(8));
    }
}
