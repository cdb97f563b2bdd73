package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.infra.NodeNetwork;
import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.JobStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes the faults, waits until they have had their effect, and mends them. For use by one thread. */
final class Trouble {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(1);
    private static final Duration JUST = Duration.ofSeconds(1);
    private static final long LOOK_MILLIS = 10;
    private static final int MOST_RUNNING = 1_000;

    private final Rig rig;
    private final Cluster cluster;
    private final Duration ttl;
    private final Callable<JobWorker> replacement;
    private final Map<String, FaultyLinks> links;

    /** A fault that did not come to pass, or of which that cannot be proved. */
    static final class NotProvedException extends Exception {
        private static final long serialVersionUID = 1;

        NotProvedException(String message) {
            super(message);
        }
    }

    /** A worker, and what it runs. */
    private record Busy(JobWorker worker, JobId job) {}

    /**
     * @param replacement starts another worker
     * @param links of the workers, by their names
     */
    Trouble(Rig rig, Cluster cluster, Duration ttl, Callable<JobWorker> replacement, Map<String, FaultyLinks> links) {
        this.rig = rig;
        this.cluster = cluster;
        this.ttl = ttl;
        this.replacement = replacement;
        this.links = links;
    }

    /**
     * Makes one fault and mends it.
     *
     * @param number from 0
     * @return what was seen
     */
    String make(ChaosScenario scenario, int number) throws NotProvedException, IOException, InterruptedException {
        return switch (scenario) {
            case S1 -> stop();
            case S2 -> kill();
            case S3 -> killServer(number);
            case S5 -> partition(number);
        };
    }

    private String stop() throws NotProvedException, InterruptedException {
        Busy victim = busy();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!stopOutsideOfTheStore(victim.worker())) {
            if (System.nanoTime() > deadline) {
                throw new NotProvedException(victim.worker().name() + " could not be stopped outside of a transaction");
            }
            victim = busy();
        }
        JobWorker worker = victim.worker();
        try {
            Set<JobId> held = runBy(worker);
            Duration took = awaitTakeover(held, worker);
            if (worker.state() != NodeState.PAUSED) {
                throw new NotProvedException(worker.name() + " is not stopped any more");
            }
            return worker.name() + " was stopped with " + held.size() + " jobs, taken over after " + took.toMillis()
                    + " ms";
        } finally {
            worker.resume();
        }
    }

    /** A process that is stopped inside of a transaction of SQLite keeps the file locked: that would stop all others as well, and show nothing. */
    private boolean stopOutsideOfTheStore(JobWorker worker) throws InterruptedException {
        worker.pause();
        CompletableFuture<Void> write =
                CompletableFuture.runAsync(() -> rig.store().weigh("default", 1));
        try {
            write.get(WRITE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!runBy(worker).isEmpty()) {
                return true;
            }
            worker.resume();
            return false;
        } catch (TimeoutException | ExecutionException e) {
            worker.resume();
            return false;
        }
    }

    private String kill() throws NotProvedException, IOException, InterruptedException {
        Busy victim = busy();
        victim.worker().kill();
        Set<JobId> held = runBy(victim.worker());
        String what = victim.worker().name() + " was killed with " + held.size() + " jobs";
        if (!held.isEmpty()) {
            what += ", taken over after " + awaitTakeover(held, victim.worker()).toMillis() + " ms";
        }
        try {
            replacement.call();
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
        rig.awaitReady();
        if (held.isEmpty()) {
            throw new NotProvedException(victim.worker().name() + " had ended its jobs when it was killed");
        }
        return what;
    }

    private String killServer(int number) throws NotProvedException, InterruptedException {
        ServerNode node = cluster.nodes().get(number % cluster.nodes().size());
        node.kill();
        NodeState state = node.state();
        try {
            Thread.sleep(ttl.multipliedBy(2).toMillis());
        } finally {
            node.restart();
        }
        if (state != NodeState.DEAD) {
            throw new NotProvedException(node.id() + " survived SIGKILL");
        }
        return node.id() + " was dead for " + ttl.multipliedBy(2).toSeconds() + " s";
    }

    private String partition(int number) throws NotProvedException, InterruptedException {
        NodeNetwork network = cluster.network()
                .orElseThrow(() -> new NotProvedException("the servers share the network of the machine"));
        int size = cluster.nodes().size();
        Set<Integer> smaller = new HashSet<>();
        Set<Integer> larger = new HashSet<>();
        for (int i = 0; i < size; i++) {
            (i < size / 2 ? smaller : larger).add((i + number) % size);
        }
        Busy victim = busy();
        FaultyLinks cut = links.get(victim.worker().name());
        if (cut == null) {
            throw new NotProvedException(victim.worker().name() + " has no links of its own");
        }
        long before = network.droppedPackets();
        network.partition(List.of(smaller, larger));
        larger.forEach(node -> cut.links().get(node).freeze());
        try {
            Set<JobId> held = runBy(victim.worker());
            Thread.sleep(ttl.multipliedBy(2).toMillis());
            long dropped = network.droppedPackets() - before;
            long bytes = cut.heldBytes();
            if (bytes == 0) {
                throw new NotProvedException(
                        "nothing was held on the links of " + victim.worker().name());
            }
            return victim.worker().name() + " with " + held.size() + " jobs saw servers " + smaller + " for "
                    + ttl.multipliedBy(2).toSeconds() + " s, " + dropped + " packets dropped, " + bytes
                    + " bytes held";
        } finally {
            network.heal();
            cut.heal();
        }
    }

    /** Waits for a worker that has just begun a long job, so that it is still at it when the fault has its effect. */
    private Busy busy() throws NotProvedException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Instant lately = Instant.now().minus(JUST);
            for (Job job : running()) {
                if (!JobStream.isLong(job.id())
                        || job.began().filter(lately::isBefore).isEmpty()) {
                    continue;
                }
                Optional<JobWorker> worker = rig.alive().stream()
                        .filter(JobWorker::isReady)
                        .filter(candidate -> job.worker().equals(Optional.of(candidate.name())))
                        .findFirst();
                if (worker.isPresent()) {
                    return new Busy(worker.get(), job.id());
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        throw new NotProvedException("no worker began a long job within " + LIMIT.toSeconds() + " s");
    }

    private List<Job> running() {
        return rig.store()
                .list(
                        new JobStore.Filter(Optional.empty(), Optional.of(JobState.RUNNING)),
                        Optional.empty(),
                        MOST_RUNNING);
    }

    private Set<JobId> runBy(JobWorker worker) {
        Set<JobId> ids = new HashSet<>();
        for (Job job : running()) {
            if (job.worker().equals(Optional.of(worker.name()))) {
                ids.add(job.id());
            }
        }
        return ids;
    }

    /** Waits until another worker has taken over one of these jobs. */
    private Duration awaitTakeover(Set<JobId> held, JobWorker from) throws NotProvedException, InterruptedException {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < LIMIT.toNanos()) {
            for (JobId id : held) {
                List<JobEvent> history = rig.store().history(id);
                boolean taken = history.stream()
                        .anyMatch(event -> event.kind() == JobEvent.Kind.TOOK_OVER
                                && !event.worker().equals(Optional.of(from.name())));
                if (taken) {
                    return Duration.ofNanos(System.nanoTime() - begun);
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        throw new NotProvedException("nobody took over from " + from.name() + " within " + LIMIT.toSeconds() + " s");
    }
}
