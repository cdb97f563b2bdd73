package io.fencepost.scenarios.leases;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.GrantLog;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Many leases of one client on one provider after the other, each on a cluster of its own. The client is in a process that does nothing else, so that its CPU and heap are
 * told apart. What fails is told and does not keep the rest from being measured. For use by one thread.
 */
public final class LeasesRun {
    private static final Duration CLUSTER_ESTIMATE = Duration.ofSeconds(40);
    /** How many leases a try of the backend acquires, and for how long. The first try warms up. */
    private static final int TRY_COUNT = 20_000;

    private static final Duration TRY = Duration.ofSeconds(4);
    private static final int TRIES = 2;
    private static final Duration TRY_TTL = Duration.ofSeconds(20);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofMinutes(4);
    private static final int HEAP_MIB = 1_024;

    private final LeasesOptions options;
    private final EnvironmentFile environment;
    private final LeasesFile file;
    private final Progress progress;
    private final List<String> failures = new ArrayList<>();
    private long lost;
    private long tasks;

    /**
     * What a run came to, beside its file.
     *
     * @param failures what could not be carried out, or was not complete, and why
     * @param lost leases that were lost, though their client was alive
     */
    public record Result(List<String> failures, long lost) {
        public Result {
            failures = List.copyOf(failures);
        }
    }

    /**
     * @param folder of the run, empty
     * @param run its name
     * @param environment its description, to be completed
     */
    public LeasesRun(LeasesOptions options, Path folder, String run, EnvironmentFile environment, Progress progress)
            throws IOException {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
        this.file = new LeasesFile(folder.resolve("leases.csv"), run);
    }

    /**
     * Runs everything. Blocks for {@link LeasesOptions#estimate} at most, more or less.
     *
     * @throws IOException if the files of the run cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public Result run() throws IOException, InterruptedException {
        environment.write();
        for (Subject subject : options.subjects()) {
            progress.begin(subject.id() + " cluster", CLUSTER_ESTIMATE);
            try {
                if (subject.clusterSpec().isPresent()) {
                    try (Cluster cluster = Clusters.start(subject.clusterSpec().get())) {
                        measure(subject, Optional.of(cluster));
                    }
                } else {
                    measure(subject, Optional.empty());
                }
            } catch (WorkerException | RuntimeException e) {
                failed(subject.id(), String.valueOf(e.getMessage()));
            }
        }
        return new Result(failures, lost);
    }

    /** What lets leases be as long as the servers of the run allow: the defaults are for locks that somebody waits for. */
    private static List<String> longLeases(Subject subject) {
        return switch (subject) {
            case REDLOCK -> List.of("maxTtl=1h");
            case ZOOKEEPER, ZOOKEEPER_FAIR -> List.of("sessionTimeout=60s");
            case CASSANDRA, MEMORY -> List.of();
        };
    }

    private void measure(Subject subject, Optional<Cluster> cluster)
            throws WorkerException, IOException, InterruptedException {
        String uri = subject.uri(cluster.map(Cluster::addresses).orElse(List.of()), longLeases(subject));
        Capabilities capabilities;
        try (LockClient first = LockClients.open(uri)) {
            capabilities = first.capabilities();
            environment.putProvider(
                    subject.id(),
                    capabilities,
                    uri,
                    cluster.map(Cluster::version).orElse("none"),
                    cluster.map(Cluster::describe).orElse("in the worker's process"));
            environment.write();
        }
        WorkerProcess worker = start(subject, uri);
        try {
            double rate = tryOut(worker, subject);
            LeasesPlan.Provider provider =
                    new LeasesPlan.Provider(capabilities.maxTtl(), capabilities.longestValidity(), rate);
            progress.end(String.format(
                    Locale.ROOT, "is up, %.0f acquisitions/s with %d under way", rate, options.inFlight()));
            for (int count : options.counts()) {
                progress.begin(subject.id() + " " + count + " leases", options.countEstimate());
                LeasesPlan plan =
                        LeasesPlan.of(count, options.ttl(), provider, options.acquireLimit(), options.keepLimit());
                LeasesRow row;
                try {
                    row = plan.isRun()
                            ? keep(worker, subject, count, plan, cluster)
                            : new LeasesRow(subject.id(), count, plan, Optional.empty(), plan.notRun());
                } catch (WorkerException e) {
                    row = new LeasesRow(subject.id(), count, plan, Optional.empty(), String.valueOf(e.getMessage()));
                    worker.kill();
                    worker = start(subject, uri);
                }
                file.append(row);
                progress.end(row.inALine());
                if (plan.isRun() && !row.isComplete()) {
                    failures.add(subject.id() + " " + count + " leases " + row.inALine());
                }
            }
        } finally {
            worker.close();
        }
    }

    private static WorkerProcess start(Subject subject, String uri) throws WorkerException, InterruptedException {
        return WorkerProcess.start("leases-" + subject.id(), uri, new GrantLog(), HEAP_MIB);
    }

    /** How many acquisitions a second the backend does for one client. */
    private double tryOut(WorkerProcess worker, Subject subject) throws WorkerException, InterruptedException {
        double rate = 0;
        for (int i = 0; i < TRIES; i++) {
            long task = ++tasks;
            worker.send(new Command.KeepLeases(
                    task, "try-" + i + "/", TRY_COUNT, TRY_TTL.toMillis(), options.inFlight(), TRY.toMillis(), 0, 0));
            Event.LeasesAcquired acquired = worker.await(Event.LeasesAcquired.class, task, ANSWER);
            worker.await(Event.LeasesKept.class, task, ANSWER);
            worker.await(Event.LeasesReleased.class, task, ANSWER);
            rate = acquired.acquired() * 1e9 / acquired.nanos();
            if (acquired.acquired() == 0) {
                throw new WorkerException(
                        subject.id() + " granted nothing within " + TRY.toSeconds() + " s: " + acquired.lastFailure());
            }
        }
        return rate;
    }

    private LeasesRow keep(WorkerProcess worker, Subject subject, int count, LeasesPlan plan, Optional<Cluster> cluster)
            throws WorkerException, InterruptedException {
        long task = ++tasks;
        worker.send(new Command.KeepLeases(
                task,
                "many-" + count + "/",
                count,
                plan.ttl().toMillis(),
                options.inFlight(),
                options.acquireLimit().toMillis(),
                SETTLE.toMillis(),
                plan.keep().toMillis()));
        Event.LeasesAcquired acquired = worker.await(
                Event.LeasesAcquired.class, task, options.acquireLimit().plus(ANSWER));
        // the worker settles as long
        Thread.sleep(SETTLE.toMillis());
        Optional<Duration> before = cluster.flatMap(LeasesRun::cpu);
        Event.LeasesKept kept =
                worker.await(Event.LeasesKept.class, task, plan.keep().plus(ANSWER));
        Optional<Duration> used = cluster.flatMap(LeasesRun::cpu).flatMap(after -> before.map(after::minus));
        Event.LeasesReleased released = worker.await(Event.LeasesReleased.class, task, ANSWER);
        lost += released.lost();
        String reason = acquired.acquired() == count
                ? ""
                : acquired.failed() + " calls failed, " + acquired.unasked()
                        + " were not made in time; the last failure: " + acquired.lastFailure();
        return new LeasesRow(
                subject.id(), count, plan, Optional.of(new LeasesRow.Seen(acquired, kept, released, used)), reason);
    }

    /** CPU time of all servers since they were started; empty if the operating system does not say. */
    private static Optional<Duration> cpu(Cluster cluster) {
        return cluster.nodes().stream()
                .map(node -> ProcessHandle.of(node.pid())
                        .flatMap(process -> process.info().totalCpuDuration()))
                .reduce(Optional.of(Duration.ZERO), (a, b) -> a.flatMap(sum -> b.map(sum::plus)));
    }

    private void failed(String name, String message) {
        failures.add(name + ": " + message);
        progress.end("FAILED: " + message);
    }
}
