package io.fencepost.scheduler.observe;

import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a store again and again how it stands, and keeps the answer for the gauges. What is older than a few periods is not told any more: the gauges are then NaN, and {@code fencepost.scheduler.store.up}
 * is 0.
 */
final class StoreProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);
    private static final int PERIODS_UNTIL_OLD = 3;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final JobStore store;
    private final Duration every;
    private final ScheduledExecutorService timer;
    private volatile @Nullable Answer last;
    private volatile boolean failing;

    private StoreProbe(JobStore store, Duration every) {
        this.store = store;
        this.every = every;
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "fencepost-store-probe");
            thread.setDaemon(true);
            return thread;
        });
    }

    static StoreProbe start(JobStore store, Duration every, MeterRegistry registry) {
        if (every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("a store is asked after a positive time, not " + every);
        }
        StoreProbe probe = new StoreProbe(store, every);
        probe.register(registry);
        probe.timer.scheduleWithFixedDelay(probe::ask, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return probe;
    }

    private void register(MeterRegistry registry) {
        Gauge.builder("fencepost.scheduler.store.up", () -> answer() == null ? 0 : 1)
                .register(registry);
        for (JobState state : JobState.values()) {
            Gauge.builder("fencepost.scheduler.jobs", () -> number(answer -> answer.jobs(state)))
                    .tag("state", SchedulerMetrics.tag(state))
                    .register(registry);
        }
        Gauge.builder("fencepost.scheduler.workers", () -> number(Answer::workers))
                .register(registry);
        Gauge.builder("fencepost.scheduler.waiting", () -> number(Answer::waitingSeconds))
                .baseUnit("seconds")
                .register(registry);
    }

    private double number(ToDoubleFunction<Answer> part) {
        Answer answer = answer();
        return answer == null ? Double.NaN : part.applyAsDouble(answer);
    }

    private @Nullable Answer answer() {
        Answer answer = last;
        if (failing || answer == null) {
            return null;
        }
        long age = System.nanoTime() - answer.nanoTime();
        return age > every.multipliedBy(PERIODS_UNTIL_OLD).toNanos() ? null : answer;
    }

    private void ask() {
        try {
            Instant now = Instant.now();
            // nothing has been running since before the epoch: only what waits
            List<DueJob> due = store.due(now, Instant.EPOCH, 1);
            Duration waiting = due.stream()
                    .map(job -> Duration.between(job.next(), now))
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
            List<WorkerReport> workers = store.workers(now);
            last = new Answer(System.nanoTime(), store.counts(), workers.size(), waiting.toMillis() / 1000.0);
            failing = false;
        } catch (RuntimeException e) {
            if (!failing && !timer.isShutdown()) {
                LOG.warn("the job store does not tell how it stands, and is asked again every {}", every, e);
            }
            failing = true;
        }
    }

    /** Stops, and waits a moment for the question that is under way, so that the store may be closed. */
    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the job store has not answered for {}, and is left alone", CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Answer(long nanoTime, Map<JobState, Long> counts, int workers, double waitingSeconds) {
        long jobs(JobState state) {
            return counts.getOrDefault(state, 0L);
        }
    }
}
