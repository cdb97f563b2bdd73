package io.fencepost.scenarios.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.history.check.Judgement;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** {@code runs.csv}: one row a run, on disk when it is appended. Not thread-safe. */
final class RunTable {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    private final Path file;
    private final List<RunRow> rows = new ArrayList<>();

    RunTable(Path file) throws IOException {
        this.file = file;
        try (Writer writer = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.CREATE_NEW);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord(
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
        }
    }

    List<RunRow> rows() {
        return List.copyOf(rows);
    }

    void append(RunRow row) throws IOException {
        rows.add(row);
        Optional<Judgement> judged = row.judgement();
        try (Writer writer = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.APPEND);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord(
                    row.task().scenario().id() + "-" + row.task().scenario().name(),
                    row.task().variant().id(),
                    row.task().seed(),
                    row.word(),
                    row.task()
                            .scenario()
                            .exposures(row.task().variant().id(), row.task().seed())
                            .doubleHolder()
                            .json(),
                    count(judged, row.exposure("double_holder")),
                    figure(judged, j -> j.metrics().exposure().overlapTotalMs()),
                    count(judged, row.exposure("token_regression")),
                    count(judged, row.staleWrites()),
                    count(judged, row.exposure("twin_losses")),
                    figure(judged, j -> j.metrics().takeover().max()),
                    figure(judged, j -> j.metrics().recovery().max()),
                    figure(judged, j -> j.metrics().unavailableMs()),
                    judged.map(j -> Integer.toString(j.grants())).orElse(""),
                    judged.map(j -> Long.toString(Outcome.OK.count(j))).orElse(""),
                    judged.map(j -> Long.toString(Outcome.FAILED.count(j))).orElse(""),
                    judged.map(j -> Long.toString(Outcome.UNKNOWN.count(j))).orElse(""),
                    row.length().toSeconds(),
                    row.reason().lines().findFirst().orElse(""));
        }
    }

    private static String count(Optional<Judgement> judged, long count) {
        return judged.isPresent() ? Long.toString(count) : "";
    }

    private static String figure(Optional<Judgement> judged, ToDoubleFunction<Judgement> of) {
        return judged.map(of::applyAsDouble)
                .map(value -> new BigDecimal(value).round(FOUR_DIGITS).toPlainString())
                .orElse("");
    }
}
