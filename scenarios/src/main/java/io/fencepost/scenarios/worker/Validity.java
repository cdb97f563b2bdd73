package io.fencepost.scenarios.worker;

import io.fencepost.lock.Lease;

/** Puts the remaining validity of a lease on the machine's clock. */
public final class Validity {
    /** The end of a validity that is over: nobody can say any more when it was. */
    public static final long OVER = Long.MIN_VALUE;

    private Validity() {}

    /** The end of validity, early by the time it takes to ask, or {@link #OVER}. */
    public static long untilNanos(Lease lease) {
        long now = System.nanoTime();
        long remaining = lease.remainingValidity().toNanos();
        return remaining > 0 ? now + remaining : OVER;
    }
}
