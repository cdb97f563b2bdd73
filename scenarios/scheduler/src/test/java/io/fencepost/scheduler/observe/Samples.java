package io.fencepost.scheduler.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Jobs, stores and metrics for the tests of this package. */
final class Samples {
    static final Instant DUE = Instant.parse("2026-03-01T12:00:00Z");

    private Samples() {}

    static Job submitted(String id) {
        JobSpec spec = JobSpec.of(
                new JobId(id), new Work.HandlerCall("noop"), "payload".getBytes(UTF_8), new Schedule.At(DUE));
        return Job.submitted(spec, DUE, DUE);
    }

    /** The job as it is when a try has begun. */
    static Job begun(Job job, long run, int attempt, long token) {
        return new Job(
                job.spec(),
                JobState.RUNNING,
                job.due(),
                job.next(),
                run,
                attempt,
                Optional.of(new FencingToken(token)),
                Optional.of("w1"),
                Optional.of(DUE),
                Optional.empty(),
                job.submitted(),
                DUE,
                2);
    }

    static Job failed(Job job, String error) {
        return new Job(
                job.spec(),
                JobState.SCHEDULED,
                job.due(),
                job.next(),
                job.run(),
                job.attempt(),
                job.fence(),
                job.worker(),
                job.began(),
                Optional.of(error),
                job.submitted(),
                job.changed(),
                job.events() + 1);
    }

    static DueJob due(Job job) {
        return new DueJob(job.id(), job.spec().tenant(), job.spec().priority(), job.state(), job.next());
    }

    static WorkerReport report(String worker, int slots, int running, boolean draining) {
        return new WorkerReport(worker, DUE, DUE, slots, running, draining);
    }

    /** A store that answers only what is given, by the name of the method; an answer that is an exception is thrown. */
    static JobStore store(Map<String, Function<@Nullable Object[], @Nullable Object>> answers) {
        return (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, arguments) -> {
                    Function<@Nullable Object[], @Nullable Object> answer = answers.get(method.getName());
                    if (answer == null) {
                        throw new AssertionError("nobody was to call " + method);
                    }
                    Object value = answer.apply(arguments == null ? new Object[0] : arguments);
                    if (value instanceof RuntimeException failure) {
                        throw failure;
                    }
                    return value;
                });
    }

    /** A store that tells that two jobs run and that one has been waiting for a minute. */
    static JobStore tellingStore() {
        return store(Map.of(
                "counts", arguments -> Map.of(JobState.RUNNING, 2L, JobState.DEAD, 1L),
                "workers", arguments -> List.of(report("w1", 4, 2, false)),
                "due",
                        arguments -> List.of(new DueJob(
                                new JobId("late"),
                                "default",
                                5,
                                JobState.SCHEDULED,
                                Instant.now().minusSeconds(60))),
                "submit", arguments -> List.of(),
                "close", arguments -> null));
    }

    /** Metrics in which every meter has been used at least once. */
    static SchedulerMetrics everyMeter() {
        SchedulerMetrics metrics = new SchedulerMetrics();
        Duration took = Duration.ofMillis(7);
        LockObserver locks = metrics.lockObserver("memory");
        for (LockObserver.AttemptResult result : LockObserver.AttemptResult.values()) {
            locks.attempted("a", result, took);
        }
        for (LockObserver.WaitResult result : LockObserver.WaitResult.values()) {
            locks.waited("a", result, took);
        }
        for (LockObserver.RenewalResult result : LockObserver.RenewalResult.values()) {
            locks.renewed("a", result, took);
        }
        for (LossCause cause : LossCause.values()) {
            locks.lost("a", cause, took);
        }
        locks.released("a", took);
        locks.handedOff("a");
        locks.queueChanged("a", 1);

        WorkerObserver worker = metrics.workerObserver();
        Job job = begun(submitted("j"), 1, 1, 7);
        FencingToken token = new FencingToken(7);
        worker.polled(3, took);
        worker.contended(due(job));
        worker.acquired(due(job), token, took);
        worker.began(job, took);
        for (JobEvent.Kind kind : JobMeters.ENDINGS) {
            worker.ended(job, kind, took);
        }
        worker.aborted(job, "lease lost");
        worker.refused(job, token, new Change.Stale(new FencingToken(8)));
        worker.unrecorded(job, "the store did not answer");
        worker.leading(true, Optional.of(token));

        metrics.watch(() -> report("w1", 4, 2, false));
        JobStore store = metrics.timed(tellingStore());
        store.submit(List.of());
        metrics.watch(store);
        return metrics;
    }

    /** The names of the series of a text for Prometheus. */
    static List<String> names(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("[{ ]", 2)[0])
                .distinct()
                .toList();
    }
}
