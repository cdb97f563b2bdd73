package io.fencepost.report;

import io.fencepost.report.Measurement.Interval;
import io.fencepost.report.Measurement.Subject;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads {@code bench.csv} and {@code chaos.csv}. Strict: whatever is not as documented is refused, with its place. */
final class ResultsFile {
    /** The columns, in order. */
    static final List<String> COLUMNS =
            List.of("run", "provider", "scenario", "metric", "unit", "value", "low", "high", "n");

    /** What a scheme, a scenario or a metric may be called. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    private final Path file;
    private final Results.Builder results;

    private ResultsFile(Path file, Results.Builder results) {
        this.file = file;
        this.results = results;
    }

    static void read(Path file, Results.Builder into) throws IOException {
        new ResultsFile(file, into).read();
    }

    private void read() throws IOException {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser parser = CSVFormat.RFC4180.parse(reader)) {
            Iterator<CSVRecord> records = parser.iterator();
            long line = 1;
            boolean header = true;
            while (hasNext(records, parser)) {
                CSVRecord row = records.next();
                if (header) {
                    readHeader(row);
                    header = false;
                } else {
                    results.add(readRow(row, line), place(line));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
            if (header) {
                throw new ResultsFormatException(name() + " is empty: not even the header line is there");
            }
        }
    }

    private boolean hasNext(Iterator<CSVRecord> records, CSVParser parser) throws IOException {
        try {
            return records.hasNext();
        } catch (UncheckedIOException e) {
            long line = parser.getCurrentLineNumber() + 1;
            IOException cause = e.getCause();
            if (cause instanceof CharacterCodingException) {
                throw new ResultsFormatException(name() + ", after line " + line + ": not UTF-8", cause);
            }
            if (cause instanceof CSVException) {
                throw new ResultsFormatException(
                        place(line) + ": not CSV as in RFC 4180: " + cause.getMessage(), cause);
            }
            throw cause;
        }
    }

    private void readHeader(CSVRecord row) throws ResultsFormatException {
        for (int i = 0; i < COLUMNS.size(); i++) {
            String found = i < row.size() ? row.get(i) : "nothing";
            if (!found.equals(COLUMNS.get(i))) {
                throw malformed(1, i, "the header says '" + found + "'; it must be " + String.join(",", COLUMNS));
            }
        }
        requireNoMoreColumns(row, 1);
    }

    private Measurement readRow(CSVRecord row, long line) throws ResultsFormatException {
        if (row.size() < COLUMNS.size()) {
            throw malformed(line, row.size(), "the row ends here, after " + row.size() + " of 9 columns");
        }
        requireNoMoreColumns(row, line);
        for (int i = 0; i < 4; i++) {
            if (!NAME.matcher(row.get(i)).matches()) {
                throw malformed(line, i, "'" + row.get(i) + "' is not a name of letters, digits, '-', '_' and '.'");
            }
        }
        if (!results.belongs(row.get(0))) {
            throw malformed(line, 0, "the row is of run '" + row.get(0) + "', the folder of another: " + results.run());
        }
        Unit unit = Unit.of(row.get(4)).orElseThrow(() -> malformed(line, 4, "unknown unit '" + row.get(4) + "'"));
        double value = number(row, line, 5);
        Optional<Interval> interval = interval(row, line);
        return new Measurement(
                new Subject(row.get(1), row.get(2), row.get(3)), unit, value, interval, count(row, line));
    }

    private Optional<Interval> interval(CSVRecord row, long line) throws ResultsFormatException {
        if (row.get(6).isEmpty() && row.get(7).isEmpty()) {
            return Optional.empty();
        }
        double low = number(row, line, 6);
        double high = number(row, line, 7);
        if (low > high) {
            throw malformed(line, 6, "low " + row.get(6) + " is above high " + row.get(7));
        }
        return Optional.of(new Interval(low, high));
    }

    private double number(CSVRecord row, long line, int column) throws ResultsFormatException {
        String text = row.get(column);
        double value;
        try {
            value = new BigDecimal(text).doubleValue();
        } catch (NumberFormatException e) {
            throw malformed(line, column, text.isEmpty() ? "there is no number" : "'" + text + "' is not a number");
        }
        if (!Double.isFinite(value) || value < 0) {
            throw malformed(line, column, "'" + text + "' is not a finite number of at least 0");
        }
        return value;
    }

    private OptionalLong count(CSVRecord row, long line) throws ResultsFormatException {
        String text = row.get(8);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long count = Long.parseLong(text);
            if (count >= 0) {
                return OptionalLong.of(count);
            }
        } catch (NumberFormatException e) {
            // refused below, like a negative one
        }
        throw malformed(line, 8, "'" + text + "' is not a whole number of at least 0");
    }

    private void requireNoMoreColumns(CSVRecord row, long line) throws ResultsFormatException {
        if (row.size() > COLUMNS.size()) {
            throw new ResultsFormatException(place(line) + ", column 10: there must be 9 columns, not " + row.size());
        }
    }

    private ResultsFormatException malformed(long line, int column, String what) {
        return new ResultsFormatException(
                place(line) + ", column " + (column + 1) + " (" + COLUMNS.get(column) + "): " + what);
    }

    private String place(long line) {
        return name() + ", line " + line;
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }
}
