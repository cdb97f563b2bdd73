package io.fencepost.scheduler.worker;

import static org.awaitility.Awaitility.await;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.Recurrence;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A store of SQLite, locks in this process, and workers, all closed after the test. */
final class Bench implements BeforeEachCallback, AfterEachCallback {
    static final Duration TTL = Duration.ofMillis(600);
    static final Duration SOON = Duration.ofSeconds(20);
    static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(20), Duration.ofMillis(50));

    final MemorySpace space = new MemorySpace(TimeSource.SYSTEM);
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private @Nullable JobStore store;
    private int jobs;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Path directory = Files.createTempDirectory("fencepost-worker-test");
        open.push(() -> delete(directory));
        store = closed(JobStores.open("sqlite:" + directory.resolve("jobs.db")));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /** Closes it after the test, before all that was there before. */
    <T extends AutoCloseable> T closed(T resource) {
        open.push(resource);
        return resource;
    }

    JobStore store() {
        return Objects.requireNonNull(store, "only within a test");
    }

    /** A lock client of its own. */
    LockClient locks() {
        return closed(LockClients.builder(space.connect()).open());
    }

    LockClient locks(CutBackend backend) {
        return closed(LockClients.builder(backend).open());
    }

    /** A quick worker with four slots and a lock client of its own. */
    Worker.Builder worker(String name) {
        return worker(name, locks());
    }

    Worker.Builder worker(String name, LockClient locks) {
        return Worker.builder(store(), locks)
                .name(name)
                .slots(4)
                .ttl(TTL)
                .poll(Duration.ofMillis(50))
                .handlers(List.of());
    }

    // ---- jobs

    JobSpec spec(Work work, String payload) {
        return new JobSpec(
                new JobId("job-" + jobs++),
                "tenant",
                5,
                work,
                payload.getBytes(StandardCharsets.UTF_8),
                new Schedule.After(Duration.ZERO),
                QUICK,
                Optional.empty(),
                MisfirePolicy.RUN_ONCE);
    }

    static JobSpec with(JobSpec spec, RetryPolicy retries, Optional<Duration> deadline) {
        return new JobSpec(
                spec.id(),
                spec.tenant(),
                spec.priority(),
                spec.work(),
                spec.payload(),
                spec.schedule(),
                retries,
                deadline,
                spec.misfire());
    }

    JobId submit(String handler, String payload) {
        return submit(spec(new Work.HandlerCall(handler), payload));
    }

    JobId submit(JobSpec spec) {
        Instant now = Instant.now();
        List<JobId> known = store().submit(List.of(Job.submitted(spec, Recurrence.first(spec.schedule(), now), now)));
        if (!known.isEmpty()) {
            throw new AssertionError(spec.id() + " was there");
        }
        return spec.id();
    }

    Job job(JobId id) {
        return store().find(id).orElseThrow();
    }

    Job awaitState(JobId id, JobState state) {
        await().atMost(SOON).until(() -> job(id).state() == state);
        return job(id);
    }

    List<JobEvent.Kind> kinds(JobId id) {
        return store().history(id).stream().map(JobEvent::kind).toList();
    }
}
