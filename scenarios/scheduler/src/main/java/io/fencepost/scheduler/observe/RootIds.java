package io.fencepost.scheduler.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.sdk.trace.IdGenerator;
import org.jspecify.annotations.Nullable;

/** Gives the root of a job's trace the ids that were worked out for it, and all other spans random ones. */
final class RootIds implements IdGenerator {
    private static final ThreadLocal<@Nullable JobTrace> NEXT = new ThreadLocal<>();

    private final IdGenerator others = IdGenerator.random();

    /** Starts a span with the ids of the trace's root; the SDK asks for them on the thread that starts it. */
    static Span start(SpanBuilder builder, JobTrace trace) {
        NEXT.set(trace);
        try {
            return builder.setNoParent().startSpan();
        } finally {
            NEXT.remove();
        }
    }

    @Override
    public String generateTraceId() {
        JobTrace trace = NEXT.get();
        return trace == null ? others.generateTraceId() : trace.traceId();
    }

    @Override
    public String generateSpanId() {
        JobTrace trace = NEXT.get();
        return trace == null ? others.generateSpanId() : trace.rootId();
    }
}
