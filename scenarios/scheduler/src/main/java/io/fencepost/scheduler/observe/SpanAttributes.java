package io.fencepost.scheduler.observe;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.Work;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;

/** What spans tell of a job. Never its payload. */
final class SpanAttributes {
    static final AttributeKey<String> JOB = AttributeKey.stringKey("fencepost.job.id");
    static final AttributeKey<String> TENANT = AttributeKey.stringKey("fencepost.job.tenant");
    static final AttributeKey<String> WORK = AttributeKey.stringKey("fencepost.job.work");
    static final AttributeKey<Long> PRIORITY = AttributeKey.longKey("fencepost.job.priority");
    static final AttributeKey<Long> RUN = AttributeKey.longKey("fencepost.job.run");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("fencepost.job.attempt");
    static final AttributeKey<Long> TOKEN = AttributeKey.longKey("fencepost.lock.token");
    static final AttributeKey<Long> LAG = AttributeKey.longKey("fencepost.dispatch.lag_ms");
    static final AttributeKey<String> ENDING = AttributeKey.stringKey("fencepost.ending");
    static final AttributeKey<String> CAUSE = AttributeKey.stringKey("fencepost.cause");

    private SpanAttributes() {}

    static Attributes of(Job job) {
        return Attributes.builder()
                .put(JOB, job.id().value())
                .put(TENANT, job.spec().tenant())
                .put(PRIORITY, (long) job.spec().priority())
                .put(WORK, work(job.spec().work()))
                .put(RUN, job.run())
                .build();
    }

    private static String work(Work work) {
        if (work instanceof Work.HttpCall) {
            return "http";
        }
        return work instanceof Work.Command ? "command" : "handler";
    }
}
