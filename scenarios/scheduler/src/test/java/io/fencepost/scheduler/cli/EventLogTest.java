package io.fencepost.scheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final List<String> lines = new ArrayList<>();
    private final EventLog log = new EventLog(lines::add);

    private static Job running() {
        JobSpec spec = JobSpec.of(
                new JobId("report-7"),
                new Work.HandlerCall("noop"),
                "secret".getBytes(UTF_8),
                new Schedule.After(Duration.ZERO));
        return new Job(
                spec,
                JobState.RUNNING,
                NOW,
                NOW,
                1,
                2,
                Optional.of(new FencingToken(42)),
                Optional.of("worker-1"),
                Optional.of(NOW),
                Optional.of("before: timeout"),
                NOW,
                NOW,
                3);
    }

    @Test
    void aTryIsToldWithItsTokenAndWithoutItsPayload() {
        log.began(running(), Duration.ofMillis(12));
        log.aborted(running(), "lease lost");
        log.ended(running(), JobEvent.Kind.GIVEN_BACK, Duration.ofMillis(34));

        assertThat(lines)
                .containsExactly(
                        "began report-7 run 1 attempt 2 token 42, 12 ms after it could have been",
                        "aborted report-7 lease lost",
                        "ended report-7 given back after 34 ms token 42: before: timeout")
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void aRefusedWriteIsToldWithBothTokens() {
        log.refused(running(), new FencingToken(41), new Change.Stale(new FencingToken(42)));
        log.refused(running(), new FencingToken(42), new Change.NotPossible(running()));

        assertThat(lines)
                .containsExactly(
                        "refused report-7 a write with token 41 is stale, the store has accepted token 42",
                        "refused report-7 a write with token 42 is not possible, the job is running");
    }

    @Test
    void leadershipIsToldWithItsTerm() {
        log.leading(true, Optional.of(new FencingToken(9)));
        log.leading(false, Optional.empty());

        assertThat(lines).containsExactly("leading since term 9", "not leading");
    }

    @Test
    void aFailureOfTheWorkerIsTold() {
        log.failed(new NoClassDefFoundError("a/B"));

        assertThat(lines).containsExactly("failed: java.lang.NoClassDefFoundError: a/B");
    }
}
