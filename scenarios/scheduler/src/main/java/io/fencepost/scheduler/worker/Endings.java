package io.fencepost.scheduler.worker;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.Recurrence;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.store.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What follows from how a try ended. Without I/O. */
final class Endings {
    /** So that sums with instants have a meaning, whatever a policy says. */
    private static final Duration LONGEST_DELAY = Duration.ofDays(3650);

    private Endings() {}

    /**
     * What ends a try that was begun before its work is: no tries are left because the worker of the last one died, the time was missed, or the deadline has passed.
     *
     * @param job as it is since the begin
     */
    static Optional<Ending> insteadOfWork(Job job, Instant now) {
        if (job.attempt() > job.spec().retries().attempts()) {
            return Optional.of(new Ending.Died(
                    Recurrence.after(job, now),
                    "the worker of try " + (job.attempt() - 1) + ", the last, never said how it ended"));
        }
        if (job.attempt() == 1 && Recurrence.isMissed(job, now)) {
            return Optional.of(new Ending.Skipped(
                    Recurrence.after(job, now), "due at " + job.due() + ", not begun before the next time"));
        }
        return deadline(job)
                .filter(end -> !now.isBefore(end))
                .map(end -> new Ending.Died(Recurrence.after(job, now), "the deadline passed at " + end));
    }

    /** When the run must have ended. */
    static Optional<Instant> deadline(Job job) {
        return job.spec().deadline().map(job.due()::plus);
    }

    /**
     * What is to be written.
     *
     * @param job as it is since the begin
     * @return empty if the job was cancelled: the store knows
     */
    static Optional<Ending> of(Job job, Outcome outcome, Instant now, RandomGenerator random) {
        if (outcome instanceof Outcome.Done done) {
            return Optional.of(new Ending.Succeeded(Recurrence.after(job, now), done.detail()));
        }
        if (outcome instanceof Outcome.Failure failure) {
            return Optional.of(failed(job, failure.detail(), now, random));
        }
        if (outcome instanceof Outcome.Refused refused) {
            return Optional.of(new Ending.Died(Recurrence.after(job, now), refused.detail()));
        }
        AbortCause cause = ((Outcome.Aborted) outcome).cause();
        return switch (cause) {
            case CANCELLED -> Optional.empty();
            case DEADLINE ->
                Optional.of(new Ending.Died(
                        Recurrence.after(job, now),
                        "aborted at the deadline, "
                                + deadline(job).map(Instant::toString).orElse("")));
            case LEASE_SUSPECT, LEASE_LOST, TAKEN_OVER, STOPPED ->
                Optional.of(new Ending.GivenBack("aborted: " + cause.text()));
        };
    }

    private static Ending failed(Job job, String detail, Instant now, RandomGenerator random) {
        if (job.attempt() >= job.spec().retries().attempts()) {
            return new Ending.Died(Recurrence.after(job, now), detail);
        }
        Instant next = now.plus(delay(job.spec().retries(), job.attempt(), random));
        Optional<Instant> tooLate = deadline(job).filter(end -> !next.isBefore(end));
        return tooLate.isPresent()
                ? new Ending.Died(
                        Recurrence.after(job, now),
                        Details.cut("no time for another try before the deadline, " + tooLate.get() + ": " + detail))
                : new Ending.Failed(next, detail);
    }

    /**
     * How long after a failure the next try comes.
     *
     * @param attempt the one that failed, from 1
     */
    static Duration delay(RetryPolicy policy, int attempt, RandomGenerator random) {
        Duration most = policy.maxDelay().compareTo(LONGEST_DELAY) < 0 ? policy.maxDelay() : LONGEST_DELAY;
        Duration delay = policy.firstDelay();
        for (int retry = 1; retry < attempt && delay.compareTo(most) < 0; retry++) {
            delay = delay.multipliedBy(2);
        }
        if (delay.compareTo(most) > 0) {
            delay = most;
        }
        return delay.multipliedBy(1000 - random.nextInt(201)).dividedBy(1000);
    }
}
