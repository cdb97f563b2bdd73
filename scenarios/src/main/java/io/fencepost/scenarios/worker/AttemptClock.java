package io.fencepost.scenarios.worker;

import io.fencepost.lock.LockObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers when the last successful attempt of each lock was invoked at the backend, as its client tells. A client makes one attempt a lock at a time, and none
 * while it holds the lock, so that what a holder reads here is its own. The instant is late by the time that the observer was
 * called late: tens of milliseconds on a busy machine. Who needs a lower bound takes the lease's own end of validity into account, as {@link HolderWork} does.
 */
public final class AttemptClock implements LockObserver {
    private final Map<String, Long> invoked = new ConcurrentHashMap<>();

    @Override
    public void attempted(String lock, AttemptResult result, Duration latency) {
        if (result == AttemptResult.ACQUIRED) {
            invoked.put(lock, System.nanoTime() - latency.toNanos());
        }
    }

    /** When the attempt was invoked that gave {@code lock} to a call of {@code calledNanos}; the call's own instant if nothing later is known. */
    public long attemptOf(String lock, long calledNanos) {
        return Math.max(calledNanos, invoked.getOrDefault(lock, calledNanos));
    }
}
