package io.fencepost.scenarios.worker;

import io.fencepost.lock.Lease;
import java.util.concurrent.atomic.AtomicLong;

/** Reports the grants of one worker. Thread-safe. */
final class Reporter {
    private final EventWriter events;
    private final AttemptClock attempts;
    private final AtomicLong grants = new AtomicLong();

    Reporter(EventWriter events, AttemptClock attempts) {
        this.events = events;
        this.attempts = attempts;
    }

    /**
     * Reports a grant.
     *
     * @return its number
     */
    long granted(int thread, Lease lease, long calledNanos, long grantedNanos, long validUntilNanos) {
        long grant = grants.incrementAndGet();
        events.write(new Event.Granted(
                grant,
                thread,
                lease.name(),
                lease.token().value(),
                calledNanos,
                attempts.attemptOf(lease.name(), calledNanos),
                grantedNanos,
                Math.max(grantedNanos, validUntilNanos)));
        return grant;
    }

    /** Reports that a grant that is held was found renewed. */
    void extended(long grant, long validUntilNanos) {
        events.writeNow(new Event.Extended(grant, validUntilNanos));
    }

    /**
     * Releases and reports it.
     *
     * @return the instant before the release
     */
    long release(long grant, Lease lease) {
        long validUntil = Validity.untilNanos(lease);
        long released = System.nanoTime();
        // reported after it is done, but with what was true before: no report can delay the release
        lease.release();
        events.write(new Event.Released(grant, released, validUntil));
        return released;
    }
}
