package io.fencepost.scenarios.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scenarios.stats.Interval;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Measurements in long format, one a row: {@code run,provider,scenario,metric,unit,value,low,high,n}, RFC 4180 in UTF-8 with line feeds. Rows are on
 * disk when {@link #append} returns, so that a run that is broken off keeps what it had. Not thread-safe.
 */
public final class MeasurementFile {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
    private static final MathContext SIX_DIGITS = new MathContext(6);

    private final Path file;
    private final String run;

    /**
     * Creates the file, with its header.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it is there
     */
    public MeasurementFile(Path file, String run) throws IOException {
        this.file = file;
        this.run = run;
        try (Writer writer = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.CREATE_NEW);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord("run", "provider", "scenario", "metric", "unit", "value", "low", "high", "n");
        }
    }

    /** Adds rows. */
    public void append(List<Measurement> measurements) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.APPEND);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            for (Measurement m : measurements) {
                printer.printRecord(
                        run,
                        m.provider(),
                        m.scenario(),
                        m.metric(),
                        m.unit(),
                        number(m.value()),
                        m.interval()
                                .map(Interval::low)
                                .map(MeasurementFile::number)
                                .orElse(""),
                        m.interval()
                                .map(Interval::high)
                                .map(MeasurementFile::number)
                                .orElse(""),
                        m.n());
            }
        }
    }

    /** With six significant digits, without an exponent. */
    public static String number(double value) {
        BigDecimal rounded = new BigDecimal(value).round(SIX_DIGITS).stripTrailingZeros();
        return (rounded.signum() == 0 ? BigDecimal.ZERO : rounded).toPlainString();
    }
}
