package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.output.MeasurementFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many jobs a second the scheduler does, and how long they wait: all are submitted as fast as the store takes them, and are due at once. What fails is told and does not keep the rest from being measured. For use
 * by one thread.
 */
public final class FiguresRun {
    /** What a queue on Raft, of an earlier work, did: messages a second, until it crashed at 475 of 1,000 messages of 640 bytes. */
    static final double REFERENCE_PER_SECOND = 7.6;

    /** What all providers can do as they are set up here. */
    private static final int TTL_SECONDS = 5;

    private static final Duration CLUSTER_ESTIMATE = Duration.ofSeconds(75);
    private static final Duration LEAST_LIMIT = Duration.ofMinutes(1);
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(90);
    private static final List<String> COLUMNS = List.of(
            "provider",
            "store",
            "bytes",
            "jobs",
            "status",
            "jobs_per_s",
            "times_reference",
            "p50_ms",
            "p95_ms",
            "p99_ms",
            "submit_per_s",
            "seconds",
            "completed",
            "begun_twice",
            "stale_accepted",
            "refused",
            "reason");

    private final FiguresOptions options;
    private final EnvironmentFile environment;
    private final MeasurementFile file;
    private final Table table;
    private final Progress progress;
    private final List<String> failures = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /**
     * What a run came to, beside its files.
     *
     * @param failures what could not be carried out, and why
     * @param violations what must never be
     */
    public record Result(List<String> failures, List<String> violations) {
        public Result {
            failures = List.copyOf(failures);
            violations = List.copyOf(violations);
        }
    }

    /**
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     */
    public FiguresRun(FiguresOptions options, Path folder, String run, EnvironmentFile environment, Progress progress)
            throws IOException {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
        this.file = new MeasurementFile(folder.resolve("figures.csv"), run);
        this.table = new Table(
                folder,
                "jobs",
                run,
                "Jobs that do nothing, submitted as fast as the store takes them and due at once, by "
                        + options.workers()
                        + " worker processes of " + options.slots() + " slots, with leases of " + TTL_SECONDS
                        + " s, after others that are not counted, until they were not done faster any more ("
                        + WARM_UP_LIMIT.toSeconds() + " s at most). `times_reference`: over the "
                        + REFERENCE_PER_SECOND
                        + " messages/s of a queue on Raft, which crashed at 475 of 1,000 messages of 640 bytes.",
                COLUMNS);
    }

    /**
     * Runs everything.
     *
     * @throws IOException if the files of the run cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public Result run() throws IOException, InterruptedException {
        environment.write();
        for (Subject subject : options.providers()) {
            for (StoreKind store : options.stores()) {
                String name = subject.id() + " on " + store.id();
                progress.begin(name + " cluster", CLUSTER_ESTIMATE);
                try (Cluster locks = Clusters.start(subject.clusterSpec().orElseThrow())) {
                    Locks.prepare(subject, locks, environment);
                    if (store == StoreKind.SQLITE) {
                        measure(subject, store, locks, Optional.empty());
                    } else if (subject == Subject.CASSANDRA) {
                        measure(subject, store, locks, Optional.of(locks));
                    } else {
                        ClusterSpec spec = Subject.CASSANDRA.clusterSpec().orElseThrow();
                        try (Cluster jobs = Clusters.start(spec)) {
                            measure(subject, store, locks, Optional.of(jobs));
                        }
                    }
                } catch (StoreException | IllegalStateException e) {
                    failures.add(name + ": " + e.getMessage());
                    progress.end("FAILED: " + e.getMessage());
                }
            }
        }
        return new Result(failures, violations);
    }

    private void measure(Subject subject, StoreKind store, Cluster locks, Optional<Cluster> cassandra)
            throws IOException, InterruptedException {
        try (Rig rig = Rig.open(cassandra, "jobs_figures")) {
            for (int i = 0; i < options.workers(); i++) {
                rig.startWorker(
                        Locks.uri(subject, locks.addresses()),
                        List.of(
                                "--ttl",
                                TTL_SECONDS + "s",
                                "--slots",
                                Integer.toString(options.slots()),
                                "--poll",
                                "100ms"));
            }
            rig.awaitReady();
            rig.warmUpUntilSteady(WARM_UP_LIMIT);
            progress.end("is up");
            for (int bytes : options.bytes()) {
                double rate = 0;
                for (int count : options.counts()) {
                    progress.begin(
                            subject.id() + " on " + store.id() + ": " + count + " jobs of " + bytes + " bytes",
                            options.estimate(count));
                    Duration promised = rate == 0 ? Duration.ZERO : Duration.ofMillis((long) (count * 1_000L / rate));
                    if (!options.full() && promised.compareTo(options.limit()) > 0) {
                        String reason = "at the " + Table.number(rate, 1) + " jobs/s of the row before it would take "
                                + promised.toSeconds() + " s, more than the limit of "
                                + options.limit().toSeconds() + " s";
                        table.append(notRun(subject, store, bytes, count, reason));
                        progress.end("NOT RUN: " + reason);
                    } else {
                        Duration limit = LEAST_LIMIT.plus(options.limit()).plus(promised.multipliedBy(3));
                        rate = measure(rig, subject, store, bytes, count, limit);
                    }
                }
            }
        }
    }

    private static List<String> notRun(Subject subject, StoreKind store, int bytes, int count, String reason) {
        List<String> row = new ArrayList<>(
                List.of(subject.id(), store.id(), Integer.toString(bytes), Integer.toString(count), "NOT RUN"));
        while (row.size() < COLUMNS.size() - 1) {
            row.add("");
        }
        row.add(reason);
        return row;
    }

    /** @return the rate */
    private double measure(Rig rig, Subject subject, StoreKind store, int bytes, int count, Duration limit)
            throws IOException, InterruptedException {
        long refusedBefore = rig.refused();
        long begun = System.nanoTime();
        Map<JobId, Instant> dues = rig.submit("b" + bytes + "-n" + count, count, bytes);
        double submitted = count * 1e9 / (System.nanoTime() - begun);
        List<JobId> open = rig.awaitFinal(List.copyOf(dues.keySet()), limit);
        Books books = Books.read(rig.store(), dues);
        Verdict verdict = books.verdict();
        long refused = rig.refused() - refusedBefore;
        String reason = open.isEmpty()
                ? String.join("; ", verdict.findings())
                : open.size() + " were not done after " + limit.toSeconds() + " s";
        String status = verdict.holds() ? "OK" : open.isEmpty() ? "VIOLATED" : "INCOMPLETE";
        table.append(List.of(
                subject.id(),
                store.id(),
                Integer.toString(bytes),
                Integer.toString(count),
                status,
                Table.number(books.jobsPerSecond(), 1),
                Table.number(books.jobsPerSecond() / REFERENCE_PER_SECOND, 1),
                Table.number(books.latencyMillis(50), 1),
                Table.number(books.latencyMillis(95), 1),
                Table.number(books.latencyMillis(99), 1),
                Table.number(submitted, 0),
                Table.number(books.took().toMillis() / 1e3, 2),
                Integer.toString(verdict.completed()),
                Integer.toString(verdict.begunTwice()),
                Integer.toString(verdict.staleAccepted()),
                Long.toString(refused),
                reason));
        file.append(measurements(
                subject.id(), "jobs-" + store.id() + "-" + bytes + "B-" + count, books, verdict, submitted, refused));
        String name = subject.id() + " on " + store.id() + ", " + count + " jobs of " + bytes + " bytes: ";
        if (!open.isEmpty()) {
            failures.add(name + reason);
        } else if (!verdict.holds()) {
            violations.add(name + reason);
        }
        progress.end(status + ", " + Table.number(books.jobsPerSecond(), 1) + " jobs/s, "
                + Table.number(books.jobsPerSecond() / REFERENCE_PER_SECOND, 1) + " times the reference, "
                + verdict.completed() + " completed, " + verdict.begunTwice() + " begun twice, " + refused
                + " refused");
        return books.jobsPerSecond();
    }

    static List<Measurement> measurements(
            String provider, String scenario, Books books, Verdict verdict, double submitted, long refused) {
        int n = verdict.acknowledged();
        return List.of(
                measurement(provider, scenario, "jobs", "ops/s", books.jobsPerSecond(), n),
                measurement(provider, scenario, "submit", "ops/s", submitted, n),
                measurement(provider, scenario, "dispatch_p50", "ms", books.latencyMillis(50), n),
                measurement(provider, scenario, "dispatch_p95", "ms", books.latencyMillis(95), n),
                measurement(provider, scenario, "dispatch_p99", "ms", books.latencyMillis(99), n),
                measurement(provider, scenario, "completed", "count", verdict.completed(), n),
                measurement(provider, scenario, "begun_twice", "count", verdict.begunTwice(), n),
                measurement(provider, scenario, "stale_accepted", "count", verdict.staleAccepted(), n),
                measurement(provider, scenario, "refused", "count", (double) refused, n));
    }

    static Measurement measurement(String provider, String scenario, String metric, String unit, double value, long n) {
        return new Measurement(provider, scenario, metric, unit, value, Optional.empty(), n);
    }
}
