package io.fencepost.lock.core;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.LockOptions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call for a lock, from when it is made to its outcome.
 *
 * <p>{@link #result} is completed once, by whoever is first: the queue with an outcome, the caller by cancelling, the client by closing. A lease that comes too late for it is
 * released. The other fields are guarded by the lock of the {@link LockQueue}.
 */
final class Waiter {
    private static final AcquireOutcome CONTENDED = new AcquireOutcome.Contended(Optional.empty(), Optional.empty());

    final LockOptions options;
    final CompletableFuture<AcquireOutcome> result = new CompletableFuture<>();
    final long startedAt;
    final long waitNanos;

    /** What the caller is told if the wait ends now. */
    AcquireOutcome last = CONTENDED;

    /** Whether an attempt of this wait found the lock held. */
    boolean sawContention;

    Timers.@Nullable Alarm deadlineAlarm;

    Waiter(LockOptions options, long waitNanos, long now) {
        this.options = options;
        this.waitNanos = waitNanos;
        this.startedAt = now;
    }

    boolean isZeroWait() {
        return waitNanos == 0;
    }

    boolean waitsForever() {
        return waitNanos >= Durations.FOREVER_NANOS;
    }

    boolean isOver(long now) {
        return !waitsForever() && nanosLeft(now) <= 0;
    }

    /** Until the deadline; meaningless if {@link #waitsForever}. */
    long nanosLeft(long now) {
        return waitNanos - (now - startedAt);
    }
}
