package io.fencepost.scheduler.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EndingsTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Schedule HOURLY = new Schedule.FixedRate(NOON, Duration.ofHours(1));

    private final Random random = new Random(1);

    private static Job job(Schedule schedule, int attempt, Optional<Duration> deadline, MisfirePolicy misfire) {
        JobSpec spec = new JobSpec(
                new JobId("job"),
                "tenant",
                5,
                new Work.HandlerCall("noop"),
                new byte[0],
                schedule,
                new RetryPolicy(3, Duration.ofSeconds(10), Duration.ofMinutes(1)),
                deadline,
                misfire);
        Job submitted = Job.submitted(spec, NOON, NOON);
        return new Job(
                spec,
                JobState.RUNNING,
                NOON,
                NOON,
                1,
                attempt,
                submitted.fence(),
                Optional.of("worker"),
                Optional.of(NOON),
                Optional.empty(),
                NOON,
                NOON,
                2);
    }

    private static Job once(int attempt) {
        return job(new Schedule.At(NOON), attempt, Optional.empty(), MisfirePolicy.RUN_ONCE);
    }

    private Ending ending(Job job, Outcome outcome, Instant now) {
        return Endings.of(job, outcome, now, random).orElseThrow();
    }

    @Test
    void successEndsAJobThatIsDueOnce() {
        assertThat(ending(once(1), new Outcome.Done("HTTP 200"), NOON))
                .isEqualTo(new Ending.Succeeded(Optional.empty(), "HTTP 200"));
    }

    @Test
    void successOfARecurringJobTellsWhenItIsDueAgain() {
        Job job = job(HOURLY, 1, Optional.empty(), MisfirePolicy.RUN_ONCE);
        assertThat(ending(job, new Outcome.Done(""), NOON.plusSeconds(5)))
                .isEqualTo(new Ending.Succeeded(Optional.of(NOON.plus(Duration.ofHours(1))), ""));
    }

    @Test
    void aFailureIsTriedAgainLaterEachTimeUntilNoTriesAreLeft() {
        Ending first = ending(once(1), new Outcome.Failure("no"), NOON);
        assertThat(first).isInstanceOfSatisfying(Ending.Failed.class, failed -> {
            assertThat(failed.next()).isBetween(NOON.plusSeconds(8), NOON.plusSeconds(10));
            assertThat(failed.detail()).isEqualTo("no");
        });
        Ending second = ending(once(2), new Outcome.Failure("no"), NOON);
        assertThat(second)
                .isInstanceOfSatisfying(
                        Ending.Failed.class,
                        failed -> assertThat(failed.next()).isBetween(NOON.plusSeconds(16), NOON.plusSeconds(20)));
        assertThat(ending(once(3), new Outcome.Failure("no"), NOON)).isEqualTo(new Ending.Died(Optional.empty(), "no"));
    }

    @Test
    void aRecurringJobThatDiesIsDueAgain() {
        Job job = job(HOURLY, 3, Optional.empty(), MisfirePolicy.RUN_ONCE);
        assertThat(ending(job, new Outcome.Failure("no"), NOON.plusSeconds(5)))
                .isEqualTo(new Ending.Died(Optional.of(NOON.plus(Duration.ofHours(1))), "no"));
    }

    @Test
    void whatWasRefusedIsNotTriedAgain() {
        assertThat(ending(once(1), new Outcome.Refused("not allowed"), NOON))
                .isEqualTo(new Ending.Died(Optional.empty(), "not allowed"));
    }

    @Test
    void aRetryThatWouldComeAfterTheDeadlineDoesNotCome() {
        Job job = job(new Schedule.At(NOON), 1, Optional.of(Duration.ofSeconds(7)), MisfirePolicy.RUN_ONCE);
        assertThat(ending(job, new Outcome.Failure("no"), NOON)).isInstanceOfSatisfying(Ending.Died.class, died -> {
            assertThat(died.detail()).contains("deadline").contains("no");
        });
    }

    @Test
    void whatWasAbortedIsGivenBackExceptAtItsDeadlineAndWhenCancelled() {
        for (AbortCause cause : AbortCause.values()) {
            Optional<JobEvent.Kind> kind = Endings.of(once(1), new Outcome.Aborted(cause), NOON, random)
                    .map(Ending::kind);
            assertThat(kind)
                    .as(cause.text())
                    .isEqualTo(
                            switch (cause) {
                                case CANCELLED -> Optional.empty();
                                case DEADLINE -> Optional.of(JobEvent.Kind.DIED);
                                case LEASE_SUSPECT, LEASE_LOST, TAKEN_OVER, STOPPED ->
                                    Optional.of(JobEvent.Kind.GIVEN_BACK);
                            });
        }
    }

    @Test
    void aTryBeyondTheLastIsNotMade() {
        assertThat(Endings.insteadOfWork(once(3), NOON)).isEmpty();
        assertThat(Endings.insteadOfWork(once(4), NOON))
                .containsInstanceOf(Ending.Died.class)
                .get()
                .extracting(Ending::detail)
                .asString()
                .contains("try 3");
    }

    @Test
    void afterTheDeadlineNothingIsTried() {
        Job job = job(new Schedule.At(NOON), 1, Optional.of(Duration.ofSeconds(7)), MisfirePolicy.RUN_ONCE);
        assertThat(Endings.insteadOfWork(job, NOON.plusSeconds(6))).isEmpty();
        assertThat(Endings.insteadOfWork(job, NOON.plusSeconds(7))).containsInstanceOf(Ending.Died.class);
    }

    @Test
    void aMissedTimeIsLeftOutWherePolicyHasIt() {
        Instant late = NOON.plus(Duration.ofMinutes(90));
        Job skip = job(HOURLY, 1, Optional.empty(), MisfirePolicy.SKIP);
        assertThat(Endings.insteadOfWork(skip, late)).get().isInstanceOfSatisfying(Ending.Skipped.class, skipped -> {
            assertThat(skipped.again()).contains(NOON.plus(Duration.ofHours(2)));
        });
        Job once = job(HOURLY, 1, Optional.empty(), MisfirePolicy.RUN_ONCE);
        assertThat(Endings.insteadOfWork(once, late)).isEmpty();
    }

    @Test
    void delaysDoubleUpToTheLongestAndAreShortenedByAFifthAtMost() {
        RetryPolicy policy = new RetryPolicy(100, Duration.ofSeconds(1), Duration.ofSeconds(30));
        for (int round = 0; round < 200; round++) {
            assertThat(Endings.delay(policy, 1, random)).isBetween(Duration.ofMillis(800), Duration.ofSeconds(1));
            assertThat(Endings.delay(policy, 4, random)).isBetween(Duration.ofMillis(6400), Duration.ofSeconds(8));
            assertThat(Endings.delay(policy, 99, random)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        }
        RetryPolicy atOnce = new RetryPolicy(5, Duration.ZERO, Duration.ZERO);
        assertThat(Endings.delay(atOnce, 5, random)).isZero();
        RetryPolicy never = new RetryPolicy(5, Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(Endings.delay(never, 5, random)).isLessThanOrEqualTo(Duration.ofDays(3650));
    }
}
