package io.fencepost.report;

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
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads RFC 4180 with a header line of known columns. Strict: whatever is otherwise is refused, with its place. */
final class CsvTable {
    /** What a provider, a scenario or a metric may be called. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    private final String name;
    private final List<String> columns;

    private CsvTable(String name, List<String> columns) {
        this.name = name;
        this.columns = columns;
    }

    /** Takes the rows in the order of the file. */
    @FunctionalInterface
    interface Reading {
        void take(Row row) throws IOException;
    }

    /** A row with all its columns. */
    final class Row {
        private final CSVRecord cells;
        private final long line;

        private Row(CSVRecord cells, long line) {
            this.cells = cells;
            this.line = line;
        }

        String get(int column) {
            return cells.get(column);
        }

        String name(int column) throws ResultsFormatException {
            String text = get(column);
            if (!NAME.matcher(text).matches()) {
                throw malformed(column, "'" + text + "' is not a name of letters, digits, '-', '_' and '.'");
            }
            return text;
        }

        long wholeNumber(int column) throws ResultsFormatException {
            String text = get(column);
            try {
                long number = Long.parseLong(text);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // refused below, like a negative one
            }
            throw malformed(column, "'" + text + "' is not a whole number of at least 0");
        }

        double number(int column) throws ResultsFormatException {
            String text = get(column);
            double value;
            try {
                value = new BigDecimal(text).doubleValue();
            } catch (NumberFormatException e) {
                throw malformed(column, text.isEmpty() ? "there is no number" : "'" + text + "' is not a number");
            }
            if (!Double.isFinite(value) || value < 0) {
                throw malformed(column, "'" + text + "' is not a finite number of at least 0");
            }
            return value;
        }

        ResultsFormatException malformed(int column, String what) {
            return CsvTable.this.malformed(line, column, what);
        }

        String place() {
            return CsvTable.this.place(line);
        }
    }

    static void read(Path file, List<String> columns, Reading reading) throws IOException {
        read(file, String.valueOf(file.getFileName()), columns, reading);
    }

    /** @param shown how the file is called in messages */
    static void read(Path file, String shown, List<String> columns, Reading reading) throws IOException {
        new CsvTable(shown, columns).read(file, reading);
    }

    private void read(Path file, Reading reading) throws IOException {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser parser = CSVFormat.RFC4180.parse(reader)) {
            Iterator<CSVRecord> records = parser.iterator();
            long line = 1;
            boolean header = true;
            while (hasNext(records, parser)) {
                CSVRecord cells = records.next();
                if (header) {
                    checkHeader(cells);
                    header = false;
                } else {
                    checkLength(cells, line);
                    reading.take(new Row(cells, line));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
            if (header) {
                throw new ResultsFormatException(name + " is empty: not even the header line is there");
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
                throw new ResultsFormatException(name + ", after line " + line + ": not UTF-8", cause);
            }
            if (cause instanceof CSVException) {
                throw new ResultsFormatException(
                        place(line) + ": not CSV as in RFC 4180: " + cause.getMessage(), cause);
            }
            throw cause;
        }
    }

    private void checkHeader(CSVRecord cells) throws ResultsFormatException {
        for (int i = 0; i < columns.size(); i++) {
            String found = i < cells.size() ? cells.get(i) : "nothing";
            if (!found.equals(columns.get(i))) {
                throw malformed(1, i, "the header says '" + found + "'; it must be " + String.join(",", columns));
            }
        }
        checkLength(cells, 1);
    }

    private void checkLength(CSVRecord cells, long line) throws ResultsFormatException {
        int demanded = columns.size();
        if (cells.size() < demanded) {
            throw malformed(
                    line, cells.size(), "the row ends here, after " + cells.size() + " of " + demanded + " columns");
        }
        if (cells.size() > demanded) {
            throw new ResultsFormatException(place(line) + ", column " + (demanded + 1) + ": there must be " + demanded
                    + " columns, not " + cells.size());
        }
    }

    private ResultsFormatException malformed(long line, int column, String what) {
        return new ResultsFormatException(
                place(line) + ", column " + (column + 1) + " (" + columns.get(column) + "): " + what);
    }

    private String place(long line) {
        return name + ", line " + line;
    }
}
