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
    final LockOptions options;
    final CompletableFuture<AcquireOutcome> result = new CompletableFuture<>();
    final long startedAt;
    /** On the client's clock; meaningless if {@link #waitNanos} is for ever. */
    final long deadline;

    final long waitNanos;

    /** What the caller is told if the wait ends now. */
    AcquireOutcome last = new AcquireOutcome.Contended(Optional.empty(), Optional.empty());

    /** Whether an attempt of this wait found the lock held. */
    boolean sawContention;

    Timers.@Nullable Scheduled deadlineTimer;

    Waiter(LockOptions options, long waitNanos, long now) {
        this.options = options;
        this.waitNanos = waitNanos;
        this.startedAt = now;
        this.deadline = now + waitNanos;
    }

    boolean isZeroWait() {
        return waitNanos == 0;
    }

    boolean waitsForever() {
        return waitNanos >= Durations.FOREVER_NANOS;
    }

    boolean isOver(long now) {
        return !waitsForever() && deadline - now <= 0;
    }
}
