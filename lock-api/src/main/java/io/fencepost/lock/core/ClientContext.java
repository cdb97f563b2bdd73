package io.fencepost.lock.core;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * What the parts of one client share.
 *
 * @param waitTimers pauses and deadlines of waiters
 * @param leaseTimers renewals and ends of validity, apart from the others so that a storm of waiters delays no renewal
 * @param callbacks where user code runs
 * @param observer wrapped so that it cannot throw
 * @param upTo draws a number from 0 to the given one, both included
 */
record ClientContext(
        LockBackend backend,
        Capabilities capabilities,
        String holder,
        Map<String, String> metadata,
        TimeSource time,
        Timers waitTimers,
        Timers leaseTimers,
        Callbacks callbacks,
        LockObserver observer,
        AttemptIds attemptIds,
        LongUnaryOperator upTo) {

    /** What the holder may rely on of what the backend promised: shortened by the drift of two clocks and the resolution of the backend's. */
    long usableNanos(Duration promised) {
        long nanos = Durations.saturatedNanos(promised);
        return nanos
                - (long) Math.ceil(nanos * capabilities.driftRate())
                - capabilities.driftMargin().toNanos();
    }
}
