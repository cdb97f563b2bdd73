package io.fencepost.scenarios.jobs;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Made-up histories. */
final class Histories {
    static final JobId JOB = new JobId("job");
    static final Instant DUE = Instant.parse("2026-01-31T12:00:00Z");

    private final List<JobEvent> events = new ArrayList<>();

    /** Of a job that was submitted when it was due. */
    static Histories submitted() {
        Histories history = new Histories();
        history.events.add(new JobEvent(
                JOB,
                1,
                DUE,
                JobEvent.Kind.SUBMITTED,
                JobState.SCHEDULED,
                1,
                0,
                Optional.empty(),
                Optional.empty(),
                ""));
        return history;
    }

    /** Adds what a worker wrote, so many ms after the job was due. */
    Histories then(JobEvent.Kind kind, long token, long millis) {
        events.add(new JobEvent(
                JOB,
                events.size() + 1,
                DUE.plusMillis(millis),
                kind,
                kind == JobEvent.Kind.SUCCEEDED ? JobState.SUCCEEDED : JobState.RUNNING,
                1,
                1,
                Optional.of(new FencingToken(token)),
                Optional.of("w" + token),
                ""));
        return this;
    }

    List<JobEvent> events() {
        return List.copyOf(events);
    }
}
