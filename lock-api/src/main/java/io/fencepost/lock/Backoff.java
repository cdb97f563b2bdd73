package io.fencepost.lock;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long a waiter pauses between two attempts at the backend. Wake-ups and the remaining time of the holder's lease shorten the pause.
 * Implementations are thread-safe and without state.
 */
@FunctionalInterface
public interface Backoff {
    /**
     * @param failures how many attempts of this wait have failed so far, from 1
     * @param random where jitter comes from
     * @return the pause, not negative
     */
    Duration delay(int failures, RandomGenerator random);

    /**
     * Exponential with full jitter: after <i>n</i> failures uniform between zero and {@code min(cap, base · 2ⁿ⁻¹)}, so that waiters that were
     * refused together do not return together.
     *
     * @param base positive
     * @param cap at least {@code base}
     * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">M. Brooker, Exponential Backoff and Jitter, 2015</a>
     */
    static Backoff exponential(Duration base, Duration cap) {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(cap, "cap");
        if (base.isNegative() || base.isZero() || cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("a backoff needs 0 < base <= cap, not base " + base + " and cap " + cap);
        }
        long baseNanos = base.toNanos();
        long capNanos = cap.toNanos();
        return (failures, random) -> {
            int doublings = Math.min(Math.max(failures - 1, 0), Long.numberOfLeadingZeros(baseNanos) - 1);
            long ceiling = Math.min(capNanos, baseNanos << doublings);
            return Duration.ofNanos(random.nextLong(ceiling + 1));
        };
    }
}
