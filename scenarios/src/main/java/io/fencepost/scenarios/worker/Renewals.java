package io.fencepost.scenarios.worker;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Hears of renewals, and tells those who hold. Everything about attempts goes to an {@link AttemptClock}. Thread-safe. */
final class Renewals implements LockObserver {
    private final AttemptClock attempts;
    private final Map<String, Holding> holdings = new ConcurrentHashMap<>();

    /** Is told of the renewals of one lease. */
    interface Listener {
        /**
         * The lease was renewed.
         *
         * @param seenNanos when it was known to have succeeded, at the latest
         * @param validUntilNanos end of validity after it
         */
        void renewed(long seenNanos, long validUntilNanos);
    }

    private record Holding(Lease lease, Listener listener) {}

    Renewals(AttemptClock attempts) {
        this.attempts = attempts;
    }

    AttemptClock attempts() {
        return attempts;
    }

    /** Tells {@code listener} from now on; a client has one lease of a lock at a time. */
    void follow(Lease lease, Listener listener) {
        holdings.put(lease.name(), new Holding(lease, listener));
    }

    /** Tells nobody any more. */
    void forget(Lease lease) {
        holdings.computeIfPresent(lease.name(), (name, holding) -> holding.lease() == lease ? null : holding);
    }

    @Override
    public void attempted(String lock, AttemptResult result, Duration latency) {
        attempts.attempted(lock, result, latency);
    }

    @Override
    public void renewed(String lock, RenewalResult result, Duration latency) {
        Holding holding = holdings.get(lock);
        if (holding != null && result == RenewalResult.RENEWED) {
            long seen = System.nanoTime();
            long validUntil = Validity.untilNanos(holding.lease());
            if (validUntil != Validity.OVER) {
                holding.listener().renewed(seen, validUntil);
            }
        }
    }
}
