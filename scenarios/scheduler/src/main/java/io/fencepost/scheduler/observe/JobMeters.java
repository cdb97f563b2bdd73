package io.fencepost.scheduler.observe;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.worker.WorkerObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a worker does. */
final class JobMeters implements WorkerObserver {
    static final List<JobEvent.Kind> ENDINGS = List.of(
            JobEvent.Kind.SUCCEEDED,
            JobEvent.Kind.FAILED,
            JobEvent.Kind.DIED,
            JobEvent.Kind.SKIPPED,
            JobEvent.Kind.GIVEN_BACK,
            JobEvent.Kind.CANCELLED);
    static final List<String> CAUSES =
            List.of("lease suspect", "lease lost", "cancelled", "taken over", "deadline", "stopped", "other");
    static final List<String> REFUSALS = List.of("stale", "state", "unknown");

    private final MeterRegistry registry;
    private final Timer polls;
    private final Counter candidates;
    private final Counter contended;
    private final Timer acquisitions;
    private final Timer lag;
    private final Counter unrecorded;
    private final AtomicInteger leads = new AtomicInteger();
    private final AtomicBoolean hasLeaders = new AtomicBoolean();

    JobMeters(MeterRegistry registry) {
        this.registry = registry;
        polls = registry.timer("fencepost.scheduler.poll");
        candidates = registry.counter("fencepost.scheduler.poll.candidates");
        contended = registry.counter("fencepost.scheduler.contended");
        acquisitions = registry.timer("fencepost.scheduler.acquire");
        lag = registry.timer("fencepost.scheduler.dispatch.lag");
        unrecorded = registry.counter("fencepost.scheduler.unrecorded");
        begun(true);
        begun(false);
        ENDINGS.forEach(this::runs);
        CAUSES.forEach(this::aborts);
        REFUSALS.forEach(this::refusals);
    }

    private Counter begun(boolean first) {
        return registry.counter("fencepost.scheduler.begun", "try", first ? "first" : "again");
    }

    private Timer runs(JobEvent.Kind kind) {
        return registry.timer("fencepost.scheduler.run", "kind", SchedulerMetrics.tag(kind));
    }

    private Counter aborts(String cause) {
        return registry.counter("fencepost.scheduler.aborted", "cause", cause.replace(' ', '_'));
    }

    private Counter refusals(String why) {
        return registry.counter("fencepost.scheduler.refused", "why", why);
    }

    @Override
    public void polled(int found, Duration latency) {
        polls.record(latency);
        candidates.increment(found);
    }

    @Override
    public void contended(DueJob job) {
        contended.increment();
    }

    @Override
    public void acquired(DueJob job, FencingToken token, Duration latency) {
        acquisitions.record(latency);
    }

    @Override
    public void began(Job job, Duration late) {
        // another machine's clock may be ahead
        lag.record(late.isNegative() ? Duration.ZERO : late);
        begun(job.attempt() <= 1).increment();
    }

    @Override
    public void ended(Job job, JobEvent.Kind kind, Duration took) {
        runs(kind).record(took);
    }

    @Override
    public void aborted(Job job, String cause) {
        String known = cause.toLowerCase(Locale.ROOT);
        aborts(CAUSES.contains(known) ? known : "other").increment();
    }

    @Override
    public void refused(Job job, FencingToken token, Change change) {
        if (change instanceof Change.Stale) {
            refusals("stale").increment();
        } else if (change instanceof Change.NotPossible) {
            refusals("state").increment();
        } else {
            refusals("unknown").increment();
        }
    }

    @Override
    public void unrecorded(Job job, String cause) {
        unrecorded.increment();
    }

    @Override
    public void leading(boolean isLeader, Optional<FencingToken> term) {
        // only here: without leaders there are no such meters, and so nobody who ought to lead
        if (!hasLeaders.getAndSet(true)) {
            Gauge.builder("fencepost.scheduler.leading", leads, AtomicInteger::get)
                    .register(registry);
        }
        Counter elected = registry.counter("fencepost.scheduler.elected");
        if (leads.getAndSet(isLeader ? 1 : 0) == 0 && isLeader) {
            elected.increment();
        }
    }
}
