package io.fencepost.scheduler.observe;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/** What each meter tells, in the one place that Prometheus' help texts are taken from; {@code infra/observability/README.md} has the same. */
final class Descriptions {
    static final Map<String, String> BY_METER = Map.ofEntries(
            Map.entry("fencepost.attempt", "attempts at the lock provider"),
            Map.entry("fencepost.wait", "calls for a lock, all attempts and queueing included"),
            Map.entry("fencepost.hold", "how long leases lasted"),
            Map.entry("fencepost.renewal", "renewals of leases"),
            Map.entry("fencepost.lost", "leases that were lost before they were released"),
            Map.entry("fencepost.handoff", "leases that went from one call of a client straight to the next"),
            Map.entry("fencepost.indeterminate", "answers that left it unknown whether the operation took effect"),
            Map.entry("fencepost.queue", "calls of this process that wait for a lock"),
            Map.entry("fencepost.scheduler.poll", "questions for due or assigned jobs"),
            Map.entry("fencepost.scheduler.poll.candidates", "jobs that the answers named"),
            Map.entry("fencepost.scheduler.contended", "locks of jobs that somebody else held"),
            Map.entry("fencepost.scheduler.acquire", "from asking for the lock of a job to having it"),
            Map.entry("fencepost.scheduler.dispatch.lag", "from when a try could begin at the earliest to its begin"),
            Map.entry("fencepost.scheduler.begun", "tries that were begun"),
            Map.entry("fencepost.scheduler.run", "tries that ended, and how long their work took"),
            Map.entry("fencepost.scheduler.aborted", "tries whose work was stopped"),
            Map.entry("fencepost.scheduler.refused", "writes that the guard of the store stopped"),
            Map.entry("fencepost.scheduler.unrecorded", "tries whose end could not be written in time"),
            Map.entry("fencepost.scheduler.leading", "1 while this worker leads; only where a leader dispatches"),
            Map.entry("fencepost.scheduler.elected", "elections that this worker won; only where a leader dispatches"),
            Map.entry("fencepost.scheduler.worker.slots", "jobs that this worker runs at once at most"),
            Map.entry("fencepost.scheduler.worker.running", "jobs that this worker runs"),
            Map.entry("fencepost.scheduler.worker.draining", "1 while this worker takes no more jobs"),
            Map.entry("fencepost.scheduler.jobs", "jobs of the store"),
            Map.entry("fencepost.scheduler.workers", "workers that report to the store"),
            Map.entry(
                    "fencepost.scheduler.waiting", "how long a job has been due that is among the next of its tenant"),
            Map.entry("fencepost.scheduler.store.up", "1 while the store answers this process"),
            Map.entry("fencepost.scheduler.store.call", "calls of the store"),
            Map.entry("fencepost.scheduler.store.failures", "calls of the store that failed"));

    private Descriptions() {}

    /** Gives every meter of ours its description, also those that lock-api makes. */
    static MeterFilter filter() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String description = BY_METER.get(id.getName());
                return description == null
                        ? id
                        : new Meter.Id(
                                id.getName(),
                                Tags.of(id.getTagsAsIterable()),
                                id.getBaseUnit(),
                                description,
                                id.getType());
            }
        };
    }
}
