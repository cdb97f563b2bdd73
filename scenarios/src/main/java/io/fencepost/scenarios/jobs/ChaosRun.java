package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.infra.NodeNetworks;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Disturbs three running workers under a stream of jobs, and judges by the histories whether every acknowledged job ended in exactly one accepted completion. A fault whose effect was not seen makes its scenario
 * INVALID. For use by one thread.
 */
public final class ChaosRun {
    private static final int WORKERS = 3;
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration WORK = Duration.ofMillis(400);
    private static final Duration LONG_WORK = Duration.ofSeconds(4);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration END_LIMIT = Duration.ofSeconds(90);
    private static final List<String> COLUMNS = List.of(
            "provider",
            "store",
            "scenario",
            "status",
            "acknowledged",
            "completed",
            "lost",
            "completed_twice",
            "begun_twice",
            "stale_accepted",
            "refused",
            "unacknowledged",
            "faults",
            "longest_gap_ms",
            "seconds",
            "seen");

    private final ChaosOptions options;
    private final EnvironmentFile environment;
    private final Table table;
    private final Progress progress;
    private final List<String> failures = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /**
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     */
    public ChaosRun(ChaosOptions options, Path folder, String run, EnvironmentFile environment, Progress progress)
            throws IOException {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
        this.table = new Table(
                folder,
                "jobs-chaos",
                run,
                WORKERS + " worker processes with leases of " + TTL.toSeconds() + " s, " + options.rate()
                        + " jobs a second of " + WORK.toMillis()
                        + " ms each. `begun_twice` is exposure: no lock prevents it."
                        + " `lost`, `completed_twice` and `stale_accepted` must be 0.",
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
        Optional<String> noNetworks =
                options.scenarios().contains(ChaosScenario.S5) ? NodeNetworks.unavailable() : Optional.empty();
        for (Subject subject : options.providers()) {
            for (ChaosScenario scenario : options.scenarios()) {
                progress.begin(subject.id() + " " + scenario.name(), options.scenarioEstimate());
                if (scenario == ChaosScenario.S5 && noNetworks.isPresent()) {
                    notRun(subject, scenario, "no networks of their own for servers: " + noNetworks.get());
                    continue;
                }
                try {
                    run(subject, scenario);
                } catch (StoreException | IllegalStateException e) {
                    failures.add(subject.id() + " " + scenario + ": " + e.getMessage());
                    progress.end("FAILED: " + e.getMessage());
                }
            }
        }
        return new FiguresRun.Result(failures, violations);
    }

    private void notRun(Subject subject, ChaosScenario scenario, String reason) throws IOException {
        List<String> row = new ArrayList<>(List.of(subject.id(), options.store().id(), scenario.name(), "NOT RUN"));
        while (row.size() < COLUMNS.size() - 1) {
            row.add("");
        }
        row.add(reason);
        table.append(row);
        progress.end("NOT RUN: " + reason);
    }

    private void run(Subject subject, ChaosScenario scenario) throws IOException, InterruptedException {
        ClusterSpec spec = subject.clusterSpec().orElseThrow();
        try (Cluster locks = Clusters.start(scenario == ChaosScenario.S5 ? spec.withOwnNetworks() : spec)) {
            Locks.prepare(subject, locks, environment);
            if (options.store() == StoreKind.SQLITE) {
                run(subject, scenario, locks, Optional.empty());
            } else {
                // never on the servers that are disturbed: it is the locks that are in question
                ClusterSpec undisturbed = Subject.CASSANDRA.clusterSpec().orElseThrow();
                try (Cluster jobs = Clusters.start(undisturbed)) {
                    run(subject, scenario, locks, Optional.of(jobs));
                }
            }
        }
    }

    private void run(Subject subject, ChaosScenario scenario, Cluster locks, Optional<Cluster> cassandra)
            throws IOException, InterruptedException {
        Map<String, FaultyLinks> links = new LinkedHashMap<>();
        try (Rig rig = Rig.open(cassandra, "jobs_chaos")) {
            for (int i = 0; i < WORKERS; i++) {
                if (scenario == ChaosScenario.S5) {
                    FaultyLinks own = FaultyLinks.to(locks.addresses());
                    JobWorker worker = start(rig, Locks.uri(subject, locks.addresses(), own.addresses()));
                    links.put(worker.name(), own);
                } else {
                    start(rig, Locks.uri(subject, locks.addresses()));
                }
            }
            rig.awaitReady();
            rig.warmUp();
            Trouble trouble =
                    new Trouble(rig, locks, TTL, () -> start(rig, Locks.uri(subject, locks.addresses())), links);
            disturb(subject, scenario, rig, trouble);
        } finally {
            links.values().forEach(FaultyLinks::close);
        }
    }

    private static JobWorker start(Rig rig, String locksUri) throws IOException {
        return rig.startWorker(locksUri, List.of("--slots", "4", "--ttl", TTL.toSeconds() + "s", "--poll", "100ms"));
    }

    private void disturb(Subject subject, ChaosScenario scenario, Rig rig, Trouble trouble)
            throws IOException, InterruptedException {
        List<String> seen = new ArrayList<>();
        Optional<String> unproved = Optional.empty();
        JobStream stream = JobStream.start(rig.store(), options.rate(), WORK, LONG_WORK);
        try (stream) {
            for (int i = 0; i < options.faults(); i++) {
                Thread.sleep(SETTLE.toMillis());
                seen.add(trouble.make(scenario, i));
                progress.say("  " + seen.get(i));
            }
            Thread.sleep(SETTLE.toMillis());
        } catch (Trouble.NotProvedException e) {
            unproved = Optional.of(String.valueOf(e.getMessage()));
        }
        List<JobId> open = rig.awaitFinal(List.copyOf(stream.acknowledged().keySet()), END_LIMIT);
        Books books = Books.read(rig.store(), stream.acknowledged());
        Verdict verdict = books.verdict();
        String status = !verdict.holds() ? "VIOLATED" : unproved.isPresent() ? "INVALID" : "HOLDS";
        List<String> told = new ArrayList<>(seen);
        unproved.ifPresent(told::add);
        told.addAll(verdict.findings());
        table.append(List.of(
                subject.id(),
                options.store().id(),
                scenario.name(),
                status,
                Integer.toString(verdict.acknowledged()),
                Integer.toString(verdict.completed()),
                Integer.toString(verdict.lost()),
                Integer.toString(verdict.completedTwice()),
                Integer.toString(verdict.begunTwice()),
                Integer.toString(verdict.staleAccepted()),
                Long.toString(rig.refused()),
                Integer.toString(stream.unacknowledged()),
                Integer.toString(seen.size()),
                Long.toString(books.longestGap(Instant.MIN, Instant.MAX).toMillis()),
                Table.number(books.took().toMillis() / 1e3, 1),
                String.join("; ", told)));
        String name = subject.id() + " " + scenario + ", " + scenario.words() + ": ";
        if (!verdict.holds()) {
            violations.add(name
                    + String.join("; ", verdict.findings())
                    + (open.isEmpty() ? "" : "; " + open.size() + " not ended after " + END_LIMIT.toSeconds() + " s"));
        } else {
            unproved.ifPresent(reason -> failures.add(name + "not proved, " + reason));
        }
        progress.end(status + ", " + verdict.acknowledged() + " acknowledged, " + verdict.completed() + " completed, "
                + verdict.begunTwice() + " begun twice, " + rig.refused() + " stale writes refused, "
                + verdict.staleAccepted() + " accepted");
    }
}
