package io.fencepost.scenarios.run;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.jmh.Target;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.check.Verdict;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.output.GrantFile;
import io.fencepost.scenarios.output.Measurement;
import io.fencepost.scenarios.output.MeasurementFile;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerPool;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A run: every scenario on every provider, one after the other, each provider on a cluster of its own that has the machine for itself. What fails is told and does
 * not keep the rest from being measured. Every grant of every scenario is judged and kept, also those of scenarios that failed. For use by one thread.
 */
public final class Comparison {
    private static final Duration CLUSTER_ESTIMATE = Duration.ofSeconds(20);
    /** A scenario that takes so many times its estimate and {@link #PATIENCE} is hanging. */
    private static final int HANGING = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int VIOLATIONS_TOLD = 5;

    private final List<Target> targets;
    private final List<Scenario> scenarios;
    private final Profile profile;
    private final long seed;
    private final Path folder;
    private final EnvironmentFile environment;
    /** The file of faults under true, that of speeds under false. */
    private final Map<Boolean, MeasurementFile> files = new HashMap<>();

    private final Progress progress;
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
     * @param targets what to measure, in this order
     * @param profile how much
     * @param seed of all randomness
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     * @param progress where to tell how far it is
     */
    public Comparison(
            List<Target> targets,
            Profile profile,
            long seed,
            Path folder,
            String run,
            EnvironmentFile environment,
            Progress progress)
            throws IOException {
        this(targets, Scenarios.ALL, profile, seed, folder, run, environment, progress);
    }

    private Comparison(
            List<Target> targets,
            List<Scenario> scenarios,
            Profile profile,
            long seed,
            Path folder,
            String run,
            EnvironmentFile environment,
            Progress progress)
            throws IOException {
        this.targets = List.copyOf(targets);
        this.scenarios = List.copyOf(scenarios);
        this.profile = profile;
        this.seed = seed;
        this.folder = folder;
        this.environment = environment;
        this.progress = progress;
        for (Scenario scenario : scenarios) {
            if (!files.containsKey(scenario.chaos())) {
                files.put(
                        scenario.chaos(),
                        new MeasurementFile(folder.resolve(scenario.chaos() ? "chaos.csv" : "bench.csv"), run));
            }
        }
    }

    /**
     * A run of takeovers alone, whose holders are killed as often as {@link Profile#QUICK} says; otherwise as the constructor.
     *
     * @param ttl of the leases that have to end
     * @param folder empty; gets {@code chaos.csv} and the grants
     */
    public static Comparison ofTakeovers(
            List<Target> targets,
            Duration ttl,
            long seed,
            Path folder,
            String run,
            EnvironmentFile environment,
            Progress progress)
            throws IOException {
        return new Comparison(
                targets, List.of(new TakeoverScenario(ttl)), Profile.QUICK, seed, folder, run, environment, progress);
    }

    /** How long takeovers alone usually take. */
    public static Duration estimateOfTakeovers(int targets, Duration ttl) {
        return CLUSTER_ESTIMATE
                .plus(new TakeoverScenario(ttl).estimate(Profile.QUICK.plan()))
                .multipliedBy(targets);
    }

    /** How many steps a run over {@code targets} providers tells of. */
    public static int steps(int targets) {
        return targets * (1 + Scenarios.ALL.size());
    }

    /** How long a run over {@code targets} providers usually takes. */
    public static Duration estimate(int targets, Profile profile) {
        Duration one = CLUSTER_ESTIMATE;
        for (Scenario scenario : Scenarios.ALL) {
            one = one.plus(scenario.estimate(profile.plan()));
        }
        return one.multipliedBy(targets);
    }

    /**
     * Runs everything. Blocks for {@link #estimate}, more or less.
     *
     * @throws IOException if the files of the run cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public Result run() throws IOException, InterruptedException {
        environment.write();
        for (Target target : targets) {
            progress.begin(target.id() + " cluster", CLUSTER_ESTIMATE);
            try (Cluster cluster = Clusters.start(target.clusterSpec());
                    GrantFile grants = new GrantFile(folder.resolve("grants-" + target.id() + ".csv.gz"))) {
                measure(target, cluster, grants);
            } catch (RuntimeException e) {
                failed(target.id(), e);
            }
        }
        return new Result(failures, violations);
    }

    private void measure(Target target, Cluster cluster, GrantFile grantFile) throws IOException, InterruptedException {
        String uri = target.uri(cluster.addresses());
        // the first client also creates the schema, so that no two workers do at once
        try (LockClient first = LockClients.open(uri)) {
            environment.putProvider(target.id(), first.capabilities(), uri, cluster.version(), cluster.describe());
            environment.putFloor(target.id(), target.rawCall());
            environment.write();
        }
        progress.end("is up");

        GrantLog log = new GrantLog();
        try (WorkerPool workers = new WorkerPool(uri, log)) {
            proveClocks(target, workers);
            Bench bench = new Bench(target, cluster, uri, workers, log, profile.plan(), seed);
            for (Scenario scenario : scenarios) {
                String name = target.id() + " " + scenario.id();
                progress.begin(name, scenario.estimate(profile.plan()));
                log.begin(scenario.id());
                MeasurementFile file = Objects.requireNonNull(files.get(scenario.chaos()));
                try {
                    file.append(runBounded(scenario, bench));
                    progress.end("done");
                } catch (ExecutionException e) {
                    failed(name, e.getCause() == null ? e : e.getCause());
                    workers.discard();
                    heal(name, cluster);
                } catch (TimeoutException e) {
                    failed(name, e);
                    workers.discard();
                    heal(name, cluster);
                }
                List<GrantRecord> grants = log.grants();
                grantFile.append(grants);
                file.append(judge(bench, scenario, grants));
            }
        }
    }

    private void proveClocks(Target target, WorkerPool workers) throws IOException, InterruptedException {
        try {
            List<String> proofs = new ArrayList<>();
            for (WorkerProcess worker : workers.workers(2)) {
                proofs.add(worker.name() + " within "
                        + TimeUnit.NANOSECONDS.toMicros(worker.clockWindow().toNanos()) + " us");
            }
            String text = "System.nanoTime is machine-wide: read in worker processes between two readings of ours, "
                    + String.join(", ", proofs);
            environment.putClock(text);
            environment.write();
            progress.say(text);
        } catch (WorkerException e) {
            failures.add(target.id() + ": " + e.getMessage());
        }
    }

    /** Runs a scenario in a thread of its own, so that one that hangs in spite of all its limits does not keep the others from running. */
    private static List<Measurement> runBounded(Scenario scenario, Bench bench)
            throws ExecutionException, TimeoutException, InterruptedException {
        Duration limit = scenario.estimate(bench.plan()).multipliedBy(HANGING).plus(PATIENCE);
        FutureTask<List<Measurement>> task = new FutureTask<>(() -> scenario.run(bench));
        Thread thread = new Thread(task, "scenario-" + scenario.id());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TimeoutException("it did not end within " + limit.toSeconds() + " s");
        } finally {
            task.cancel(true);
        }
    }

    private List<Measurement> judge(Bench bench, Scenario scenario, List<GrantRecord> grants) {
        Verdict verdict = Verdict.of(grants);
        if (!verdict.isClean()) {
            violations +=
                    verdict.doubleHolders().size() + verdict.tokenViolations().size();
            progress.say("VIOLATION: %s %s: %d double holders, %d token violations in %d grants"
                    .formatted(
                            bench.target().id(),
                            scenario.id(),
                            verdict.doubleHolders().size(),
                            verdict.tokenViolations().size(),
                            verdict.grants()));
            Stream.concat(verdict.doubleHolders().stream(), verdict.tokenViolations().stream())
                    .limit(VIOLATIONS_TOLD)
                    .forEach(violation -> progress.say("  " + violation));
        }
        return List.of(
                bench.count(
                        scenario.id(), "double_holders", verdict.doubleHolders().size(), verdict.grants()),
                bench.count(
                        scenario.id(),
                        "token_violations",
                        verdict.tokenViolations().size(),
                        verdict.grants()));
    }

    private void heal(String name, Cluster cluster) {
        try {
            cluster.heal();
        } catch (IllegalStateException e) {
            failures.add(name + ", healing: " + e.getMessage());
        }
    }

    private void failed(String name, Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        failures.add(name + ": " + message);
        progress.end("FAILED: " + message);
    }
}
