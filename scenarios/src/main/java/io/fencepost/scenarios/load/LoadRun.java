package io.fencepost.scenarios.load;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.check.Verdict;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.output.GrantFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerPool;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Load on one provider after the other, each on a cluster of its own, level by level. What fails is told and does not keep the rest from being measured. Every grant is
 * judged and kept. For use by one thread.
 */
public final class LoadRun {
    private static final Duration CLUSTER_ESTIMATE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int VIOLATIONS_TOLD = 5;

    private final LoadOptions options;
    private final Path folder;
    private final EnvironmentFile environment;
    private final StepFile file;
    private final Progress progress;
    private final List<StepResult> steps = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long violations;

    /**
     * What a run came to, beside its files.
     *
     * @param failures what could not be carried out, and why
     * @param violations how many grants broke exclusion or the order of tokens
     */
    public record Result(List<String> failures, long violations) {
        public Result {
            failures = List.copyOf(failures);
        }
    }

    /**
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     */
    public LoadRun(LoadOptions options, Path folder, String run, EnvironmentFile environment, Progress progress)
            throws IOException {
        this.options = options;
        this.folder = folder;
        this.environment = environment;
        this.progress = progress;
        this.file = new StepFile(folder.resolve(options.ladder() ? "ladder.csv" : "load.csv"), run);
    }

    /**
     * Runs everything. Blocks for {@link LoadOptions#estimate}, more or less.
     *
     * @throws IOException if the files of the run cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public Result run() throws IOException, InterruptedException {
        environment.write();
        for (Subject subject : options.subjects()) {
            progress.begin(subject.id() + " cluster", CLUSTER_ESTIMATE);
            try (GrantFile grants = new GrantFile(folder.resolve("grants-" + subject.id() + ".csv.gz"))) {
                if (subject.clusterSpec().isPresent()) {
                    try (Cluster cluster = Clusters.start(subject.clusterSpec().get())) {
                        drive(subject, Optional.of(cluster), grants);
                    }
                } else {
                    drive(subject, Optional.empty(), grants);
                }
            } catch (RuntimeException e) {
                failed(subject.id(), e);
            }
            LoadPage.write(folder.resolve("load.html"), options, steps);
        }
        return new Result(failures, violations);
    }

    private void drive(Subject subject, Optional<Cluster> cluster, GrantFile grantFile)
            throws IOException, InterruptedException {
        String uri = subject.uri(cluster.map(Cluster::addresses).orElse(List.of()), List.of());
        // the first client also creates the schema, so that no two workers do at once
        try (LockClient first = LockClients.open(uri)) {
            environment.putProvider(
                    subject.id(),
                    first.capabilities(),
                    uri,
                    cluster.map(Cluster::version).orElse("none"),
                    cluster.map(Cluster::describe).orElse("in the worker's process"));
            environment.write();
        }
        progress.end("is up");

        GrantLog log = new GrantLog();
        try (WorkerPool pool = new WorkerPool(uri, log)) {
            for (Contention level : options.levels()) {
                String name = subject.id() + " " + level.id();
                progress.begin(name, options.curveEstimate());
                try {
                    String end = options.ladder()
                            ? climb(subject, level, pool, log, grantFile)
                            : once(subject, level, pool, log, grantFile);
                    progress.end(end);
                } catch (WorkerException e) {
                    failed(name, e);
                    pool.discard();
                    cluster.ifPresent(servers -> heal(name, servers));
                }
            }
        }
    }

    private String once(Subject subject, Contention level, WorkerPool pool, GrantLog log, GrantFile grants)
            throws WorkerException, IOException, InterruptedException {
        double rate = options.firstRate(subject, level);
        warmUp(subject, level, rate, pool, log, grants);
        StepResult step = step(subject, level, rate, options.length(), "fixed", pool, log, grants);
        keep(step);
        return told(step);
    }

    private String climb(Subject subject, Contention level, WorkerPool pool, GrantLog log, GrantFile grants)
            throws WorkerException, IOException, InterruptedException {
        double start = options.firstRate(subject, level);
        warmUp(subject, level, start, pool, log, grants);
        Ladder ladder = new Ladder(start, options.factor(), options.mostSteps());
        double best = 0;
        int number = 0;
        for (OptionalDouble rate = ladder.next(); rate.isPresent(); rate = ladder.next()) {
            number++;
            StepResult step = step(
                    subject,
                    level,
                    rate.getAsDouble(),
                    options.length(),
                    String.format(Locale.ROOT, "%02d", number),
                    pool,
                    log,
                    grants);
            keep(step);
            progress.say("  " + told(step));
            ladder.tried(step.isSaturated());
            best = Math.max(best, step.achievedRate());
            // what nobody knows of keeps its lock until its ttl is over, and belongs to no later step
            Thread.sleep(step.unknown() > 0 ? options.ttl().plusSeconds(2).toMillis() : PAUSE.toMillis());
        }
        return String.format(Locale.ROOT, "done, at most %.0f grants/s", best);
    }

    private void warmUp(Subject subject, Contention level, double rate, WorkerPool pool, GrantLog log, GrantFile grants)
            throws WorkerException, IOException, InterruptedException {
        if (!options.warmUp().isZero()) {
            step(subject, level, rate, options.warmUp(), "warm-up", pool, log, grants);
        }
    }

    private StepResult step(
            Subject subject,
            Contention level,
            double rate,
            Duration length,
            String name,
            WorkerPool pool,
            GrantLog log,
            GrantFile grantFile)
            throws WorkerException, IOException, InterruptedException {
        log.begin("load-" + level.id() + "-" + name);
        try {
            List<WorkerProcess> workers = pool.workers(options.workersOf(subject));
            Path logs = folder.resolve("hlog").resolve(subject.id());
            StepResult step =
                    LoadStep.run(workers, options, subject, level, rate, length, logs, level.id() + "-" + name);
            return step.withSaturated(
                    new Saturation(Saturation.LEAST_SHARE, options.p99Bound().toMillis()).reason(step));
        } finally {
            List<GrantRecord> grants = log.grants();
            grantFile.append(grants);
            judge(subject.id() + " " + level.id() + " " + name, grants);
        }
    }

    private void keep(StepResult step) throws IOException {
        file.append(step);
        steps.add(step);
    }

    private static String told(StepResult step) {
        return String.format(
                Locale.ROOT,
                "%.0f/s planned, %.0f/s achieved, p50 %.2f, p95 %.2f, p99 %.2f ms, %d failed%s",
                step.plannedRate(),
                step.achievedRate(),
                step.p50(),
                step.p95(),
                step.p99(),
                step.failed(),
                step.isSaturated() ? ": saturated, " + step.saturated() : "");
    }

    private void judge(String name, List<GrantRecord> grants) {
        Verdict verdict = Verdict.of(grants);
        if (!verdict.isClean()) {
            violations +=
                    verdict.doubleHolders().size() + verdict.tokenViolations().size();
            progress.say("VIOLATION: %s: %d double holders, %d token violations in %d grants"
                    .formatted(
                            name,
                            verdict.doubleHolders().size(),
                            verdict.tokenViolations().size(),
                            verdict.grants()));
            Stream.concat(verdict.doubleHolders().stream(), verdict.tokenViolations().stream())
                    .limit(VIOLATIONS_TOLD)
                    .forEach(violation -> progress.say("  " + violation));
        }
    }

    private void heal(String name, Cluster cluster) {
        try {
            cluster.heal();
        } catch (IllegalStateException e) {
            failures.add(name + ", healing: " + e.getMessage());
        }
    }

    private void failed(String name, Exception cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        failures.add(name + ": " + message);
        progress.end("FAILED: " + message);
    }
}
