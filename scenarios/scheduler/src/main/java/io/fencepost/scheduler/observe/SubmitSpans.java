package io.fencepost.scheduler.observe;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first span of a job: its submission, from the call of the store to the answer. */
final class SubmitSpans {
    private static final String SUBMIT = "submit";

    private final Tracer tracer;
    private final InstantSource clock;

    SubmitSpans(Tracer tracer, InstantSource clock) {
        this.tracer = tracer;
        this.clock = clock;
    }

    JobStore around(JobStore store) {
        return StoreCalls.around(
                store,
                (method, arguments, call) -> method.getName().equals(SUBMIT) && arguments[0] instanceof List<?> jobs
                        ? submit(jobs, call)
                        : call.proceed());
    }

    private @Nullable Object submit(List<?> jobs, StoreCalls.Call call) throws Throwable {
        Instant begun = clock.instant();
        long nanos = System.nanoTime();
        Set<JobId> known = new HashSet<>();
        Throwable failure = null;
        try {
            Object answer = call.proceed();
            if (answer instanceof List<?> ids) {
                ids.forEach(id -> known.add((JobId) id));
            }
            return answer;
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            Instant ended = begun.plus(Duration.ofNanos(System.nanoTime() - nanos));
            for (Object each : new ArrayList<>(jobs)) {
                if (each instanceof Job job && !known.contains(job.id())) {
                    span(job, begun, failure).end(ended);
                }
            }
        }
    }

    private Span span(Job job, Instant begun, @Nullable Throwable failure) {
        JobTrace trace = JobTrace.of(job.id(), job.run());
        SpanBuilder builder = tracer.spanBuilder(SUBMIT)
                .setSpanKind(SpanKind.PRODUCER)
                .setStartTimestamp(begun)
                .addLink(Span.current().getSpanContext())
                .setAllAttributes(SpanAttributes.of(job));
        if (failure == null) {
            return RootIds.start(builder, trace);
        }
        // whether it took effect is not known: the root's ids are kept for the call that tells
        return builder.setParent(trace.belowRoot())
                .startSpan()
                .setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
    }
}
