package io.fencepost.lock.cassandra;

import java.time.Duration;

/**
 * When an operation must have answered. It is kept on the JVM's own monotonic clock, like the driver's timeouts, and decides nothing about validity.
 *
 * @param end in {@link System#nanoTime}
 */
record Deadline(long end) {
    /** Less than this is not worth another round trip. */
    private static final Duration USEFUL = Duration.ofMillis(20);

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Whether a round trip can still be made {@code later}. */
    boolean allowsRoundIn(Duration later) {
        return remaining().minus(later).compareTo(USEFUL) > 0;
    }

    boolean allowsRound() {
        return allowsRoundIn(Duration.ZERO);
    }

    /** The time for one round trip: {@code most}, or what is left. */
    Duration roundLimit(Duration most) {
        Duration remaining = remaining();
        return remaining.compareTo(most) < 0 ? remaining : most;
    }
}
