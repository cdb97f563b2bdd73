package io.fencepost.scenarios.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** {@code load.csv} and {@code ladder.csv}: one row a plan, on disk when {@link #append} returns. Not thread-safe. */
final class StepFile {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    private final Path file;
    private final String run;

    /**
     * Creates the file, with its header.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it is there
     */
    StepFile(Path file, String run) throws IOException {
        this.file = file;
        this.run = run;
        write("run", StepResult.COLUMNS, StandardOpenOption.CREATE_NEW);
    }

    void append(StepResult step) throws IOException {
        write(run, step.row(), StandardOpenOption.APPEND);
    }

    private void write(String first, List<String> rest, StandardOpenOption how) throws IOException {
        List<String> row = new ArrayList<>();
        row.add(first);
        row.addAll(rest);
        try (Writer writer = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.WRITE, how);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord(row);
        }
    }
}
