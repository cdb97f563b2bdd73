package io.fencepost.scenarios.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.jmh.Target;
import io.fencepost.scenarios.output.MeasurementFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** {@code scale.csv} and {@code scale.md}. */
final class StudyFiles {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    private StudyFiles() {}

    static void write(Path folder, Study.Result result) throws IOException {
        try (Writer writer = Files.newBufferedWriter(folder.resolve("scale.csv"), UTF_8);
                CSVPrinter printer = new CSVPrinter(writer, FORMAT)) {
            printer.printRecord(
                    "provider",
                    "kind",
                    "clients",
                    "threads",
                    "locks",
                    "rtt_ms",
                    "grants_per_s",
                    "rounds_per_grant",
                    "wait_p50_ms",
                    "wait_p99_ms",
                    "utilisation");
            for (Study.Row row : result.rows()) {
                Load load = row.load();
                Figures figures = row.figures();
                printer.printRecord(
                        row.target().id(),
                        row.kind(),
                        load.clients(),
                        load.threads(),
                        load.locks(),
                        MeasurementFile.number(load.rtt() / 1e3),
                        MeasurementFile.number(figures.grants()),
                        orEmpty(figures.rounds()),
                        MeasurementFile.number(figures.waitP50()),
                        MeasurementFile.number(figures.waitP99()),
                        orEmpty(figures.utilisation()));
            }
        }
        Files.writeString(folder.resolve("scale.md"), page(result), UTF_8);
    }

    private static String orEmpty(double value) {
        return Double.isFinite(value) ? MeasurementFile.number(value) : "";
    }

    static String page(Study.Result result) {
        StringBuilder page = new StringBuilder("""
                # Scale

                A model of clients and servers, fitted to two measured points of each backend. *Check* is the model over what was measured, at points that it was not fitted to.

                ## The check

                | provider | clients × threads | locks | measured, grants/s | model | check | rounds per grant, measured | model |
                |---|---|---:|---:|---:|---:|---:|---:|
                """);
        for (Study.Row row : result.rows()) {
            if (row.kind().equals("fitted") || row.kind().equals("checked")) {
                page.append(checked(row, measured(result.rows(), row).orElseThrow()));
            }
        }
        page.append("""

                ## Where each breaks

                | provider | trip, ms | one lock, 1 client × 8 threads, grants/s | clients that contend for one lock before their p99 wait is over 10 s | 1,024 locks, 512 threads, grants/s | leases kept at a ttl of 10 s | shortest ttl, ms |
                |---|---:|---:|---:|---:|---:|---:|
                """);
        for (Study.Limit limit : result.limits()) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.1f | %s | %.0f | %.0f | %.0f |%n",
                    limit.target().id(),
                    limit.rtt() / 1e3,
                    limit.oneLock(),
                    clients(limit.mostClients()),
                    limit.manyLocks(),
                    limit.leases(),
                    limit.shortestTtl()));
        }
        page.append("""

                The servers are as many and as fast as those that were measured. *Leases kept*: renewals, three a ttl, take 70 percent of what the servers can do, whatever the trip.
                *Shortest ttl*: three times the p99 of a renewal while the servers are half busy; a backend's own least ttl may be longer.

                ## What was fitted

                | provider | a write on the servers' processors, µs | beside that and the network, µs | at a time |
                |---|---:|---:|---:|
                """);
        for (Study.Fit fit : result.fits()) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %d |%n",
                    fit.target().id(),
                    fit.costs().demand(),
                    fit.costs().latency(),
                    fit.costs().workers()));
        }
        return page.toString();
    }

    private static String checked(Study.Row row, Figures measured) {
        return String.format(
                Locale.ROOT,
                "| %s | %d × %d | %d | %.1f | %.1f | %s%.2f | %.2f | %.2f |%n",
                row.target().id(),
                row.load().clients(),
                row.load().threads(),
                row.load().locks(),
                measured.grants(),
                row.figures().grants(),
                row.kind().equals("fitted") ? "fitted: " : "",
                row.figures().grants() / measured.grants(),
                measured.rounds(),
                row.figures().rounds());
    }

    private static String clients(int most) {
        return most == 0 ? "none" : most == 512 ? "512 or more" : Integer.toString(most);
    }

    private static Optional<Figures> measured(List<Study.Row> rows, Study.Row modelled) {
        Target target = modelled.target();
        return rows.stream()
                .filter(row -> row.kind().equals("measured")
                        && row.target() == target
                        && row.load().equals(modelled.load()))
                .map(Study.Row::figures)
                .findFirst();
    }
}
