package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.output.MeasurementFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scheduler.dispatch.Dispatch;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Compares workers that all look for due jobs with those whose leader gives them out: latency of jobs that are due at a steady rate, rate of a backlog, and the longest time without a begin when the leader, or any
 * worker where there is none, is killed. For use by one thread.
 */
public final class ModesRun {
    private static final Duration START_AHEAD = Duration.ofSeconds(2);
    private static final Duration KILL_AFTER = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> COLUMNS = List.of(
            "provider",
            "store",
            "dispatch",
            "workers",
            "status",
            "p50_ms",
            "p95_ms",
            "p99_ms",
            "jobs_per_s",
            "gap_before_ms",
            "gap_ms",
            "late_p99_ms",
            "begun_twice",
            "stale_accepted",
            "refused",
            "reason");

    private final ModesOptions options;
    private final EnvironmentFile environment;
    private final MeasurementFile file;
    private final Table table;
    private final Progress progress;
    private final List<String> failures = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int keyspaces;

    /** What the kill came to; the gap before it is that of the same stream without a fault. */
    private record Gap(Books books, Duration before, Duration after) {}

    /**
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     */
    public ModesRun(ModesOptions options, Path folder, String run, EnvironmentFile environment, Progress progress)
            throws IOException {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
        this.file = new MeasurementFile(folder.resolve("figures.csv"), run);
        this.table = new Table(
                folder,
                "jobs-modes",
                run,
                "Latencies of " + options.rate() + " jobs a second that do nothing, for "
                        + options.stream().toSeconds()
                        + " s; jobs/s of a backlog of " + options.backlog()
                        + "; `gap_ms`: the longest time between two begins after SIGKILL of the leader, or of one worker where there is"
                        + " no leader, with leases of " + options.ttl().toSeconds()
                        + " s and the same stream; `gap_before_ms`: before the kill; `late_p99_ms`: latency of the jobs of that"
                        + " stream.",
                COLUMNS);
    }

    /**
     * Runs everything.
     *
     * @throws IOException if the files of the run cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public FiguresRun.Result run() throws IOException, InterruptedException {
        environment.write();
        try (Cluster locks = Clusters.start(options.provider().clusterSpec().orElseThrow())) {
            Locks.prepare(options.provider(), locks, environment);
            if (options.store() == StoreKind.SQLITE) {
                run(locks, Optional.empty());
            } else if (options.provider() == Subject.CASSANDRA) {
                run(locks, Optional.of(locks));
            } else {
                try (Cluster jobs =
                        Clusters.start(Subject.CASSANDRA.clusterSpec().orElseThrow())) {
                    run(locks, Optional.of(jobs));
                }
            }
        }
        return new FiguresRun.Result(failures, violations);
    }

    private void run(Cluster locks, Optional<Cluster> cassandra) throws IOException, InterruptedException {
        for (int workers : options.workers()) {
            for (Dispatch dispatch : Dispatch.values()) {
                String name = id(dispatch) + ", " + workers + (workers == 1 ? " worker" : " workers");
                progress.begin(name, options.stepEstimate());
                try (Rig rig = Rig.open(cassandra, "jobs_modes_" + ++keyspaces)) {
                    for (int i = 0; i < workers; i++) {
                        rig.startWorker(
                                Locks.uri(options.provider(), locks.addresses()),
                                List.of(
                                        "--ttl",
                                        options.ttl().toSeconds() + "s",
                                        "--poll",
                                        "100ms",
                                        "--dispatch",
                                        id(dispatch)));
                    }
                    rig.awaitReady();
                    rig.warmUp();
                    measure(rig, dispatch, workers, name);
                } catch (StoreException | IllegalStateException e) {
                    failures.add(name + ": " + e.getMessage());
                    progress.end("FAILED: " + e.getMessage());
                }
            }
        }
    }

    private void measure(Rig rig, Dispatch dispatch, int workers, String name)
            throws IOException, InterruptedException {
        Books stream = stream(rig);
        Map<JobId, Instant> backlog = rig.submit("backlog", options.backlog(), 4);
        finish(rig, backlog);
        Books rate = Books.read(rig.store(), backlog);
        Optional<Gap> gap = workers == 1 ? Optional.empty() : Optional.of(gap(rig, dispatch));
        List<Books> all = new ArrayList<>(List.of(stream, rate));
        gap.ifPresent(seen -> all.add(seen.books()));
        List<Verdict> verdicts = all.stream().map(Books::verdict).toList();
        boolean holds = verdicts.stream().allMatch(Verdict::holds);
        int twice = verdicts.stream().mapToInt(Verdict::begunTwice).sum();
        int stale = verdicts.stream().mapToInt(Verdict::staleAccepted).sum();
        String reason = holds
                ? workers == 1 ? "no gap: nobody is left" : ""
                : String.join(
                        "; ",
                        verdicts.stream().flatMap(v -> v.findings().stream()).toList());
        table.append(List.of(
                options.provider().id(),
                options.store().id(),
                id(dispatch),
                Integer.toString(workers),
                holds ? "OK" : "VIOLATED",
                Table.number(stream.latencyMillis(50), 1),
                Table.number(stream.latencyMillis(95), 1),
                Table.number(stream.latencyMillis(99), 1),
                Table.number(rate.jobsPerSecond(), 1),
                gap.map(seen -> Long.toString(seen.before().toMillis())).orElse(""),
                gap.map(seen -> Long.toString(seen.after().toMillis())).orElse(""),
                gap.map(seen -> Table.number(seen.books().latencyMillis(99), 1)).orElse(""),
                Integer.toString(twice),
                Integer.toString(stale),
                Long.toString(rig.refused()),
                reason));
        String scenario = "jobs-" + options.store().id() + "-" + id(dispatch) + "-" + workers;
        String provider = options.provider().id();
        int n = stream.verdict().acknowledged();
        List<Measurement> measurements = new ArrayList<>(List.of(
                FiguresRun.measurement(provider, scenario, "dispatch_p50", "ms", stream.latencyMillis(50), n),
                FiguresRun.measurement(provider, scenario, "dispatch_p95", "ms", stream.latencyMillis(95), n),
                FiguresRun.measurement(provider, scenario, "dispatch_p99", "ms", stream.latencyMillis(99), n),
                FiguresRun.measurement(
                        provider,
                        scenario,
                        "jobs",
                        "ops/s",
                        rate.jobsPerSecond(),
                        rate.verdict().acknowledged())));
        gap.ifPresent(seen -> measurements.add(FiguresRun.measurement(
                provider, scenario, "failover_gap", "ms", (double) seen.after().toMillis(), 1)));
        file.append(measurements);
        if (!holds) {
            violations.add(name + ": " + reason);
        }
        progress.end("p50 " + Table.number(stream.latencyMillis(50), 1) + ", p99 "
                + Table.number(stream.latencyMillis(99), 1) + " ms; " + Table.number(rate.jobsPerSecond(), 1)
                + " jobs/s"
                + gap.map(seen -> "; gap " + seen.after().toMillis() + " ms after the kill, "
                                + seen.before().toMillis() + " ms before")
                        .orElse(""));
    }

    private Books stream(Rig rig) throws InterruptedException {
        int count = (int) (options.rate() * options.stream().toSeconds());
        Map<JobId, Instant> dues =
                rig.submitStream("stream", count, options.rate(), Rig.now().plus(START_AHEAD));
        finish(rig, dues);
        return Books.read(rig.store(), dues);
    }

    private Gap gap(Rig rig, Dispatch dispatch) throws InterruptedException {
        int count = (int) (options.rate() * options.gapStream().toSeconds());
        Instant first = Rig.now().plus(START_AHEAD);
        Map<JobId, Instant> dues = rig.submitStream("gap", count, options.rate(), first);
        Thread.sleep(START_AHEAD.plus(KILL_AFTER).toMillis());
        JobWorker victim = dispatch == Dispatch.LEADER
                ? rig.alive().stream()
                        .filter(JobWorker::leads)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no worker says that it leads"))
                : rig.alive().get(0);
        Instant killed = Rig.now();
        victim.kill();
        finish(rig, dues);
        Books books = Books.read(rig.store(), dues);
        return new Gap(
                books, books.longestGap(first, killed), books.longestGap(killed, first.plus(options.gapStream())));
    }

    private static void finish(Rig rig, Map<JobId, Instant> dues) throws InterruptedException {
        List<JobId> open = rig.awaitFinal(List.copyOf(dues.keySet()), LIMIT);
        if (!open.isEmpty()) {
            throw new IllegalStateException(
                    open.size() + " of " + dues.size() + " jobs were not done after " + LIMIT.toSeconds() + " s");
        }
    }

    private static String id(Dispatch dispatch) {
        return dispatch.name().toLowerCase(Locale.ROOT);
    }
}
