package io.fencepost.scheduler.job;

import io.fencepost.lock.FencingToken;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as a store has it.
 *
 * @param spec what was submitted
 * @param state where it stands
 * @param due when the present run is, was, or will be due as planned; retries do not move it. Of a job in a final state, the last
 * @param next not before this instant is it to be tried; {@code due}, or later after a failure
 * @param run which run it is, from 1; one more for each time that a recurring job was due or a user asked for another
 * @param attempt which try of the run was begun last, 0 before the first
 * @param fence the greatest token with which a worker's write was accepted; older ones are refused. Empty before the first
 * @param worker who began the last try
 * @param began when that was
 * @param error what the last failure said
 * @param submitted when it was accepted
 * @param changed when it last changed
 * @param events how many entries its history has
 */
public record Job(
        JobSpec spec,
        JobState state,
        Instant due,
        Instant next,
        long run,
        int attempt,
        Optional<FencingToken> fence,
        Optional<String> worker,
        Optional<Instant> began,
        Optional<String> error,
        Instant submitted,
        Instant changed,
        long events) {
    /** The id of its specification. */
    public JobId id() {
        return spec.id();
    }

    /** A job as it is when it is submitted, due at {@code due} for the first time. */
    public static Job submitted(JobSpec spec, Instant due, Instant now) {
        return new Job(
                spec,
                JobState.SCHEDULED,
                due,
                due,
                1,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                1);
    }
}
