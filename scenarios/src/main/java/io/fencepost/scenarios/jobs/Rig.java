package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** One store, the workers on it, and a temporary folder for both. Closing it ends and removes all; so does the end of this JVM. For use by one thread. */
final class Rig implements AutoCloseable {
    /** So many jobs, not counted, are run before anything is measured. */
    static final int WARM_UP = 200;

    private static final int BATCH = 500;
    private static final Duration READY_LIMIT = Duration.ofMinutes(1);
    private static final Duration WARM_LIMIT = Duration.ofSeconds(90);
    private static final int STEADY_BATCH = 300;
    private static final long LOOK_MILLIS = 50;
    /** So that a job that several workers lost one after the other is not given up. */
    private static final RetryPolicy PATIENT = new RetryPolicy(50, Duration.ofMillis(100), Duration.ofSeconds(1));

    private final Path folder;
    private final String storeUri;
    private final JobStore store;
    private final List<JobWorker> workers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread killer;

    private Rig(Path folder, String storeUri, JobStore store) {
        this.folder = folder;
        this.storeUri = storeUri;
        this.store = store;
        killer = new Thread(this::abandon, "jobs-killer");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Opens a new store.
     *
     * @param cassandra where it is, if it is not a file
     * @param keyspace its name there, new
     */
    static Rig open(Optional<Cluster> cassandra, String keyspace) throws IOException {
        Path folder = Files.createTempDirectory("fencepost-jobs");
        String uri = cassandra
                .map(cluster -> "cassandra://" + String.join(",", cluster.addresses()) + "/" + keyspace
                        + "?localDatacenter=datacenter1&replicationFactor=3&connectTimeout=20s")
                .orElse("sqlite:" + folder.resolve("jobs.db"));
        try {
            return new Rig(folder, uri, JobStores.open(uri));
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    JobStore store() {
        return store;
    }

    /** All that were started, the dead included. */
    List<JobWorker> workers() {
        return List.copyOf(workers);
    }

    List<JobWorker> alive() {
        return workers.stream().filter(JobWorker::isAlive).toList();
    }

    JobWorker startWorker(String locksUri, List<String> options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--store", storeUri, "--locks", locksUri));
        all.addAll(options);
        JobWorker worker = JobWorker.start("w" + (workers.size() + 1), folder, all);
        workers.add(worker);
        return worker;
    }

    /** @throws IllegalStateException if a worker does not come up */
    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        for (JobWorker worker : alive()) {
            while (!worker.isReady()) {
                if (!worker.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException(worker.name() + " did not come up: " + worker.lastWords());
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    /** Runs some jobs that nobody counts. */
    void warmUp() throws InterruptedException {
        warm("warm", WARM_UP);
    }

    /** Runs jobs that nobody counts until they are not done faster any more, but not for longer than {@code limit}: servers and workers have compiled what they run by then. */
    void warmUpUntilSteady(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Steadiness steadiness = new Steadiness();
        int batch = 0;
        boolean steady = false;
        while (!steady && System.nanoTime() - end < 0) {
            long begun = System.nanoTime();
            warm("warm" + batch++, STEADY_BATCH);
            steady = steadiness.isReachedWith(STEADY_BATCH * 1e9 / (System.nanoTime() - begun));
        }
    }

    private void warm(String prefix, int count) throws InterruptedException {
        Map<JobId, Instant> dues = submit(prefix, count, 4);
        if (!awaitFinal(List.copyOf(dues.keySet()), WARM_LIMIT).isEmpty()) {
            throw new IllegalStateException(
                    count + " jobs to warm up with were not done after " + WARM_LIMIT.toSeconds() + " s; "
                            + (workers.isEmpty() ? "" : workers.get(0).lastWords()));
        }
    }

    /**
     * Submits that many jobs that do nothing, due at once.
     *
     * @return when each was due
     */
    Map<JobId, Instant> submit(String prefix, int count, int bytes) {
        Map<JobId, Instant> dues = new LinkedHashMap<>();
        for (int from = 0; from < count; from += BATCH) {
            Instant now = now();
            List<Job> batch = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + BATCH); i++) {
                Job job = job(prefix + "-" + i, "noop", new byte[bytes], now, now);
                batch.add(job);
                dues.put(job.id(), now);
            }
            store.submit(batch);
        }
        return dues;
    }

    /** Submits jobs that do nothing, {@code rate} a second due from {@code first} on. */
    Map<JobId, Instant> submitStream(String prefix, int count, int rate, Instant first) {
        Map<JobId, Instant> dues = new LinkedHashMap<>();
        List<Job> all = new ArrayList<>();
        Instant now = now();
        for (int i = 0; i < count; i++) {
            Instant due = first.plus(1_000_000L * i / rate, ChronoUnit.MICROS);
            Job job = job(prefix + "-" + i, "noop", new byte[4], due, now);
            all.add(job);
            dues.put(job.id(), due);
        }
        store.submit(all);
        return dues;
    }

    /** A job for one of the built-in handlers. */
    static Job job(String id, String handler, byte[] payload, Instant due, Instant now) {
        JobSpec plain = JobSpec.of(new JobId(id), new Work.HandlerCall(handler), payload, new Schedule.At(due));
        JobSpec spec = new JobSpec(
                plain.id(),
                plain.tenant(),
                plain.priority(),
                plain.work(),
                payload,
                plain.schedule(),
                PATIENT,
                plain.deadline(),
                plain.misfire());
        return Job.submitted(spec, due, now);
    }

    /** Now, as exact as stores keep it. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Waits until all are in a final state.
     *
     * @return those that are not after {@code limit}
     */
    List<JobId> awaitFinal(List<JobId> ids, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        // the last one first, which takes little from those who work; then all of them
        boolean late = !ids.isEmpty() && !awaitFinal(ids.get(ids.size() - 1), deadline);
        List<JobId> open = new ArrayList<>();
        for (JobId id : ids) {
            if (late ? !isFinal(id) : !awaitFinal(id, deadline)) {
                open.add(id);
            }
        }
        return open;
    }

    private boolean awaitFinal(JobId id, long deadline) throws InterruptedException {
        while (!isFinal(id)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private boolean isFinal(JobId id) {
        return store.find(id).map(Job::state).filter(JobState::isFinal).isPresent();
    }

    /** How many writes with a stale token were refused, as the workers say. */
    long refused() {
        return workers.stream().mapToLong(JobWorker::refused).sum();
    }

    private void abandon() {
        workers.forEach(JobWorker::killAtOnce);
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            // a worker that is just dying may still write; what is left is in the folder for temporary files
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            for (JobWorker worker : workers) {
                worker.kill();
            }
            store.close();
            delete(folder);
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            workers.forEach(JobWorker::killAtOnce);
        } catch (IllegalStateException e) {
            // the JVM is ending: the hook is at work
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
