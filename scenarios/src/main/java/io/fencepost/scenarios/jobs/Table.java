package io.fencepost.scenarios.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Rows for machines, as RFC 4180, and for people, as a table of Markdown. Rows are on disk when {@link #append} returns. Not thread-safe. */
final class Table {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    private final Path csv;
    private final Path markdown;
    private final String run;

    /**
     * Creates {@code name.csv}, whose first column is the run, and {@code name.md}.
     *
     * @param introduction what stands over the table
     * @throws java.nio.file.FileAlreadyExistsException if one is there
     */
    Table(Path folder, String name, String run, String introduction, List<String> columns) throws IOException {
        this.csv = folder.resolve(name + ".csv");
        this.markdown = folder.resolve(name + ".md");
        this.run = run;
        print("run", columns, StandardOpenOption.CREATE_NEW);
        Files.writeString(
                markdown,
                introduction + "\n\n" + line(columns)
                        + line(columns.stream().map(c -> "---").toList()),
                UTF_8,
                StandardOpenOption.CREATE_NEW);
    }

    void append(List<String> row) throws IOException {
        print(run, row, StandardOpenOption.APPEND);
        Files.writeString(markdown, line(row), UTF_8, StandardOpenOption.APPEND);
    }

    private void print(String first, List<String> rest, StandardOpenOption how) throws IOException {
        List<String> row = new ArrayList<>();
        row.add(first);
        row.addAll(rest);
        try (Writer writer = Files.newBufferedWriter(csv, UTF_8, StandardOpenOption.WRITE, how);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord(row);
        }
    }

    private static String line(List<String> cells) {
        return "| "
                + String.join(
                        " | ",
                        cells.stream()
                                .map(cell -> cell.replace("|", "\\|").replace('\n', ' '))
                                .toList()) + " |\n";
    }

    /** With so many digits after the point. */
    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
