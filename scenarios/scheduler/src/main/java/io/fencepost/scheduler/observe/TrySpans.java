package io.fencepost.scheduler.observe;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.worker.WorkerObserver;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a worker's tries. {@code acquire} is written when the try begins, because only the store knows which run it is; a lock that was got for nothing leaves no span. {@code execute} is open while
 * the work is under way, and {@code record} takes the rest of the time until the store has answered. Locks got for nothing are forgotten with the next attempt at the same job, and when
 * {@value #MAX_OPEN} others came after.
 */
final class TrySpans implements WorkerObserver {
    private static final int MAX_OPEN = 10_000;

    private final Tracer tracer;
    private final InstantSource clock;
    private final Map<JobId, Try> tries = new LinkedHashMap<>();

    TrySpans(Tracer tracer, InstantSource clock) {
        this.tracer = tracer;
        this.clock = clock;
    }

    @Override
    public synchronized void acquired(DueJob job, FencingToken token, Duration latency) {
        Instant now = clock.instant();
        forget(job.id());
        tries.put(job.id(), new Try(token, now.minus(latency), now));
        if (tries.size() > MAX_OPEN) {
            forget(tries.keySet().iterator().next());
        }
    }

    @Override
    public synchronized void began(Job job, Duration lag) {
        Instant now = clock.instant();
        Try mine = tries.computeIfAbsent(job.id(), id -> new Try(job.fence().orElse(null), now, now));
        Attributes attributes = SpanAttributes.of(job).toBuilder()
                .put(SpanAttributes.ATTEMPT, (long) job.attempt())
                .put(SpanAttributes.TOKEN, mine.tokenValue())
                .build();
        JobTrace trace = JobTrace.of(job.id(), job.run());
        SpanBuilder acquire = tracer.spanBuilder("acquire")
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(mine.asked)
                .setAllAttributes(attributes);
        // a later run was submitted by nobody
        boolean isRoot = job.run() > 1 && job.attempt() == 1;
        (isRoot
                        ? RootIds.start(acquire, trace)
                        : acquire.setParent(trace.belowRoot()).startSpan())
                .end(mine.got);
        mine.began = now;
        mine.execute = tracer.spanBuilder("execute")
                .setParent(trace.belowRoot())
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(now)
                .setAllAttributes(attributes)
                .setAttribute(SpanAttributes.LAG, lag.toMillis())
                .startSpan();
        mine.attributes = attributes;
    }

    @Override
    public synchronized void aborted(Job job, String cause) {
        Try mine = tries.get(job.id());
        if (mine != null && mine.execute != null) {
            mine.execute.addEvent("aborted", Attributes.of(SpanAttributes.CAUSE, cause), clock.instant());
        }
    }

    @Override
    public synchronized void ended(Job job, JobEvent.Kind kind, Duration took) {
        Try mine = tries.remove(job.id());
        if (mine == null || mine.execute == null) {
            return;
        }
        Instant now = clock.instant();
        Instant worked = mine.began.plus(took);
        if (worked.isAfter(now)) {
            worked = now;
        }
        mine.execute.setAttribute(SpanAttributes.ENDING, SchedulerMetrics.tag(kind));
        if (kind == JobEvent.Kind.FAILED || kind == JobEvent.Kind.DIED) {
            mine.execute.setStatus(StatusCode.ERROR, job.error().orElse(""));
        }
        mine.execute.end(worked);
        record(job, mine, worked)
                .setAttribute(SpanAttributes.ENDING, SchedulerMetrics.tag(kind))
                .end(now);
    }

    @Override
    public synchronized void refused(Job job, FencingToken token, Change change) {
        Try mine = tries.remove(job.id());
        if (mine == null || mine.execute == null) {
            return;
        }
        Instant now = clock.instant();
        mine.execute.setStatus(StatusCode.ERROR, "its result was not accepted").end(now);
        String why = change instanceof Change.Stale stale
                ? "refused: the token " + token + " is older than " + stale.accepted()
                : "refused: " + change.getClass().getSimpleName();
        record(job, mine, now).setStatus(StatusCode.ERROR, why).end(now);
    }

    @Override
    public synchronized void unrecorded(Job job, String cause) {
        Try mine = tries.remove(job.id());
        if (mine == null || mine.execute == null) {
            return;
        }
        Instant now = clock.instant();
        mine.execute.end(now);
        record(job, mine, now)
                .setStatus(StatusCode.ERROR, "not recorded: " + cause)
                .end(now);
    }

    private Span record(Job job, Try mine, Instant start) {
        return tracer.spanBuilder("record")
                .setParent(JobTrace.of(job.id(), mine.run()).belowRoot())
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(start)
                .setAllAttributes(mine.attributes)
                .startSpan();
    }

    private void forget(JobId job) {
        Try old = tries.remove(job);
        if (old != null && old.execute != null) {
            old.execute.setStatus(StatusCode.ERROR, "how it ended was not told").end(clock.instant());
        }
    }

    /** Guarded by the observer. */
    private static final class Try {
        final @Nullable FencingToken token;
        final Instant asked;
        final Instant got;
        Instant began;
        Attributes attributes = Attributes.empty();

        @Nullable
        Span execute;

        Try(@Nullable FencingToken token, Instant asked, Instant got) {
            this.token = token;
            this.asked = asked;
            this.got = got;
            this.began = got;
        }

        @Nullable
        Long tokenValue() {
            return token == null ? null : token.value();
        }

        long run() {
            Long run = attributes.get(SpanAttributes.RUN);
            return run == null ? 1 : run;
        }
    }
}
