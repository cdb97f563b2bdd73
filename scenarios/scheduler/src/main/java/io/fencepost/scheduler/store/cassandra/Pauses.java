package io.fencepost.scheduler.store.cassandra;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Pauses between the tries of one operation: longer from one to the next, with jitter, and none after its time is over. */
final class Pauses {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(640);

    private final long until;
    private long longest = FIRST_NANOS;

    Pauses(Duration limit) {
        this.until = System.nanoTime() + limit.toNanos();
    }

    /** Blocks for a moment. An interrupt makes it a short one. */
    boolean next() {
        long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest);
        if (System.nanoTime() + pause - until > 0) {
            return false;
        }
        LockSupport.parkNanos(pause);
        longest = Math.min(2 * longest, LONGEST_NANOS);
        return true;
    }
}
