package io.fencepost.scheduler.job;

import io.fencepost.lock.FencingToken;
import java.time.Instant;
import java.util.Optional;

/**
 * One entry of a job's history. Written in the same step as the change that it tells of.
 *
 * @param job whose
 * @param number from 1, without gaps
 * @param at when, on the wall clock of who wrote it
 * @param kind what happened
 * @param state what the job's state is since
 * @param run which run
 * @param attempt which try of it
 * @param token with which the worker wrote; empty for what users do
 * @param worker who wrote; empty for what users do
 * @param detail why, in words; may be empty
 */
public record JobEvent(
        JobId job,
        long number,
        Instant at,
        Kind kind,
        JobState state,
        long run,
        int attempt,
        Optional<FencingToken> token,
        Optional<String> worker,
        String detail) {
    /** What happened. */
    public enum Kind {
        /** A user submitted it. */
        SUBMITTED,
        /** A worker began a try. */
        BEGAN,
        /** A worker began a try of a job whose worker never said how the try before ended. */
        TOOK_OVER,
        /** The try succeeded. */
        SUCCEEDED,
        /** The try failed, and another one will come. */
        FAILED,
        /** The try failed, and none will come. */
        DIED,
        /** Missed times were left out. */
        SKIPPED,
        /** The worker gave it back unfinished, because it is being stopped or lost its lease in time. */
        GIVEN_BACK,
        /** A user took it back. */
        CANCELLED,
        /** A user asked for another run of a dead or cancelled job. */
        RETRIED
    }
}
