package io.fencepost.lock.core;

import java.time.Duration;

/** Durations as nanoseconds that can be added to a clock without overflow. */
final class Durations {
    /** About 146 years: for ever, as far as a wait or a lease goes. */
    static final long FOREVER_NANOS = Long.MAX_VALUE / 2;

    private static final Duration FOREVER = Duration.ofNanos(FOREVER_NANOS);

    private Durations() {}

    static long saturatedNanos(Duration duration) {
        return duration.compareTo(FOREVER) >= 0 ? FOREVER_NANOS : duration.toNanos();
    }
}
