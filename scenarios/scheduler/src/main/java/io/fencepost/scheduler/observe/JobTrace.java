package io.fencepost.scheduler.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scheduler.job.JobId;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The trace of one run of a job. Its ids are worked out from the job's id and the run, so that processes that share nothing but the store put their spans into one trace, and whoever knows a job finds its
 * trace; the store has nothing to carry.
 *
 * @param traceId 32 hexadecimal digits
 * @param rootId of the span that the others are children of, 16 hexadecimal digits
 */
record JobTrace(String traceId, String rootId) {
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    static JobTrace of(JobId job, long run) {
        byte[] hash = sha256("fencepost/" + job + "/" + run);
        HexFormat hex = HexFormat.of();
        return new JobTrace(
                hex.formatHex(hash, 0, TRACE_ID_BYTES),
                hex.formatHex(hash, TRACE_ID_BYTES, TRACE_ID_BYTES + SPAN_ID_BYTES));
    }

    /** What the spans below the root are started in. */
    Context belowRoot() {
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        traceId, rootId, TraceFlags.getSampled(), TraceState.getDefault())));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
