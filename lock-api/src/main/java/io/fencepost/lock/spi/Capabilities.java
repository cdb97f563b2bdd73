package io.fencepost.lock.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * What a backend, as it is configured, promises. The conformance kit holds it to this.
 *
 * @param provider the scheme, for messages and reports
 * @param guarantee in one sentence, what excludes a second holder and what breaks that; printed beside every speed
 * @param fencing where tokens come from
 * @param expiry what ends the lease of a silent holder
 * @param minTtl the shortest ttl
 * @param maxTtl the longest ttl
 * @param grace by how much the backend's expiry may come later than the ttl: a silent holder's lock is free after ttl + grace, see {@link #takeoverBound}
 * @param driftRate by how much the rates of the clocks of client and backend may differ; validity is shortened by this share of the ttl
 * @param driftMargin what validity is shortened by in any case: the resolution of the backend's clock
 * @param fair whether grants follow the order of arrival across clients
 * @param wakeUps whether {@link LockBackend#onReleased} normally fires
 * @param handoffBound how soon after a release a waiter of another client is granted, on a healthy and idle backend
 */
public record Capabilities(
        String provider,
        String guarantee,
        FencingClass fencing,
        ExpiryClass expiry,
        Duration minTtl,
        Duration maxTtl,
        Duration grace,
        double driftRate,
        Duration driftMargin,
        boolean fair,
        boolean wakeUps,
        Duration handoffBound) {
    /** Enough for quartz clocks under any temperature, and the share that Redlock's authors chose. */
    public static final double DEFAULT_DRIFT_RATE = 0.01;

    public Capabilities {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(guarantee, "guarantee");
        Objects.requireNonNull(fencing, "fencing");
        Objects.requireNonNull(expiry, "expiry");
        if (minTtl.isNegative() || minTtl.isZero() || maxTtl.compareTo(minTtl) < 0) {
            throw new IllegalArgumentException("0 < minTtl <= maxTtl must hold, not " + minTtl + " and " + maxTtl);
        }
        if (!(driftRate >= 0 && driftRate < 1)) {
            throw new IllegalArgumentException("a drift rate lies in [0, 1), not " + driftRate);
        }
        if (grace.isNegative() || driftMargin.isNegative() || handoffBound.isNegative()) {
            throw new IllegalArgumentException("grace, drift margin and handoff bound must not be negative");
        }
    }

    /** How long after its last renewal a dead holder's lock is granted to a contender that has been there all the while. */
    public Duration takeoverBound(Duration ttl) {
        return ttl.plus(grace);
    }

    /** Starts from: server clock, ttl from 100 ms to a day, no grace, drift of one percent and 2 ms, neither fair nor with wake-ups, handoff within a second. */
    public static Builder builder(String provider, FencingClass fencing) {
        return new Builder(provider, fencing);
    }

    /** Collects the parts of {@link Capabilities}. Not thread-safe. */
    public static final class Builder {
        private final String provider;
        private final FencingClass fencing;
        private String guarantee = "";
        private ExpiryClass expiry = ExpiryClass.SERVER_CLOCK;
        private Duration minTtl = Duration.ofMillis(100);
        private Duration maxTtl = Duration.ofDays(1);
        private Duration grace = Duration.ZERO;
        private double driftRate = DEFAULT_DRIFT_RATE;
        private Duration driftMargin = Duration.ofMillis(2);
        private boolean fair;
        private boolean wakeUps;
        private Duration handoffBound = Duration.ofSeconds(1);

        private Builder(String provider, FencingClass fencing) {
            this.provider = provider;
            this.fencing = fencing;
        }

        public Builder guarantee(String sentence) {
            this.guarantee = sentence;
            return this;
        }

        public Builder expiry(ExpiryClass value) {
            this.expiry = value;
            return this;
        }

        public Builder ttlRange(Duration min, Duration max) {
            this.minTtl = min;
            this.maxTtl = max;
            return this;
        }

        public Builder grace(Duration value) {
            this.grace = value;
            return this;
        }

        public Builder drift(double rate, Duration margin) {
            this.driftRate = rate;
            this.driftMargin = margin;
            return this;
        }

        public Builder fair(boolean value) {
            this.fair = value;
            return this;
        }

        public Builder wakeUps(boolean value) {
            this.wakeUps = value;
            return this;
        }

        public Builder handoffBound(Duration value) {
            this.handoffBound = value;
            return this;
        }

        public Capabilities build() {
            return new Capabilities(
                    provider,
                    guarantee,
                    fencing,
                    expiry,
                    minTtl,
                    maxTtl,
                    grace,
                    driftRate,
                    driftMargin,
                    fair,
                    wakeUps,
                    handoffBound);
        }
    }
}
