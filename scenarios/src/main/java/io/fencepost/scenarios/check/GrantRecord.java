package io.fencepost.scenarios.check;

import java.util.Objects;

/**
 * One grant of a lock as its holder saw it. All instants are {@link System#nanoTime()} of one machine, which Linux counts from boot for all processes alike, so
 * that they compare as plain numbers.
 *
 * @param scenario in which it was made
 * @param lock its name
 * @param process the worker that held it, unique in the run
 * @param thread the number of the thread in the process
 * @param token its fencing token
 * @param calledNanos when the lock was asked for
 * @param attemptNanos when the attempt at the backend that got it was invoked; not before {@code calledNanos}
 * @param grantedNanos when the call returned
 * @param releasedNanos when its release was invoked, or {@link #NEVER}
 * @param validUntilNanos the end of its validity as last seen by the holder: with automatic renewal a lower bound
 */
public record GrantRecord(
        String scenario,
        String lock,
        String process,
        int thread,
        long token,
        long calledNanos,
        long attemptNanos,
        long grantedNanos,
        long releasedNanos,
        long validUntilNanos) {
    /** The release of a grant that was not released, because its holder was killed or lost it. */
    public static final long NEVER = Long.MAX_VALUE;

    public GrantRecord {
        Objects.requireNonNull(scenario, "scenario");
        Objects.requireNonNull(lock, "lock");
        Objects.requireNonNull(process, "process");
    }

    /** When the holder could no longer rely on it: the release or the end of validity, whichever came first. */
    public long endNanos() {
        return Math.min(releasedNanos, validUntilNanos);
    }

    /** How long its thread waited for it, in nanoseconds. */
    public long latencyNanos() {
        return grantedNanos - calledNanos;
    }

    /** The same, given back at {@code released} when its validity ended at {@code validUntil}. */
    public GrantRecord released(long released, long validUntil) {
        return new GrantRecord(
                scenario,
                lock,
                process,
                thread,
                token,
                calledNanos,
                attemptNanos,
                grantedNanos,
                released,
                Math.max(validUntil, validUntilNanos));
    }

    /** The same, known to be valid until {@code validUntil} at least. */
    public GrantRecord extended(long validUntil) {
        return released(releasedNanos, validUntil);
    }
}
