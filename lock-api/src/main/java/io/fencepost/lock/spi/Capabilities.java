package io.fencepost.lock.spi;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a backend, as it is configured, promises. The conformance kit holds it to this. Immutable; made by {@link #builder}, so that later versions can add promises.
 */
public final class Capabilities {
    /** Enough for quartz clocks under any temperature, and the share that Redlock's authors chose. */
    public static final double DEFAULT_DRIFT_RATE = 0.01;

    private final String provider;
    private final String guarantee;
    private final FencingClass fencing;
    private final Durability durability;
    private final ExpiryClass expiry;
    private final ClockTrust clockTrust;
    private final Duration minTtl;
    private final Duration maxTtl;
    private final Duration longestValidity;
    private final Duration grace;
    private final double driftRate;
    private final Duration driftMargin;
    private final boolean fair;
    private final boolean wakeUps;
    private final boolean cohortHandoff;
    private final Duration handoffBound;

    private Capabilities(Builder from) {
        this.provider = from.provider;
        this.guarantee = from.guarantee;
        this.fencing = from.fencing;
        this.durability = from.durability;
        this.expiry = from.expiry;
        this.clockTrust = from.clockTrust;
        this.minTtl = from.minTtl;
        this.maxTtl = from.maxTtl;
        this.longestValidity = from.longestValidity == null ? from.maxTtl : from.longestValidity;
        this.grace = from.grace;
        this.driftRate = from.driftRate;
        this.driftMargin = from.driftMargin;
        this.fair = from.fair;
        this.wakeUps = from.wakeUps;
        this.cohortHandoff = from.cohortHandoff;
        this.handoffBound = from.handoffBound;
    }

    /**
     * Starts from: nothing durable, server clocks of which each is trusted, ttl from 100 ms to a day, no grace, drift of one percent and 2 ms, neither fair nor with wake-ups nor cohort handoff,
     * handoff within a second.
     *
     * @param provider the scheme, for messages and reports
     * @param fencing where tokens come from
     */
    public static Builder builder(String provider, FencingClass fencing) {
        return new Builder(provider, fencing);
    }

    /** A builder that starts from these: for what stands between core and backend and keeps some of its promises, not all. */
    public Builder toBuilder() {
        Builder copy = new Builder(provider, fencing);
        copy.guarantee = guarantee;
        copy.durability = durability;
        copy.expiry = expiry;
        copy.clockTrust = clockTrust;
        copy.minTtl = minTtl;
        copy.maxTtl = maxTtl;
        copy.longestValidity = longestValidity;
        copy.grace = grace;
        copy.driftRate = driftRate;
        copy.driftMargin = driftMargin;
        copy.fair = fair;
        copy.wakeUps = wakeUps;
        copy.cohortHandoff = cohortHandoff;
        copy.handoffBound = handoffBound;
        return copy;
    }

    /** The scheme, for messages and reports. */
    public String provider() {
        return provider;
    }

    /** In one sentence, what excludes a second holder and what breaks that; printed beside every speed. */
    public String guarantee() {
        return guarantee;
    }

    /** Where tokens come from. */
    public FencingClass fencing() {
        return fencing;
    }

    /** Through what tokens go on growing. */
    public Durability durability() {
        return durability;
    }

    /** What ends the lease of a silent holder. */
    public ExpiryClass expiry() {
        return expiry;
    }

    /** Which servers' wall clocks must not jump. */
    public ClockTrust clockTrust() {
        return clockTrust;
    }

    /** The shortest ttl. */
    public Duration minTtl() {
        return minTtl;
    }

    /** The longest ttl. */
    public Duration maxTtl() {
        return maxTtl;
    }

    /**
     * For how long a lease is valid at most without being renewed, whatever its ttl: what else ends it, such as the session of its client, may be shorter. Before any deduction for drift.
     * {@link #maxTtl()} unless the provider says otherwise.
     */
    public Duration longestValidity() {
        return longestValidity;
    }

    /** By how much the backend's expiry may come later than the ttl: a silent holder's lock is free after ttl + grace, see {@link #takeoverBound}. */
    public Duration grace() {
        return grace;
    }

    /** By how much the rates of the clocks of client and backend may differ; validity is shortened by this share of the ttl. */
    public double driftRate() {
        return driftRate;
    }

    /** What validity is shortened by in any case: the resolution of the backend's clock. */
    public Duration driftMargin() {
        return driftMargin;
    }

    /** Whether grants follow the order of arrival across clients. */
    public boolean fair() {
        return fair;
    }

    /** Whether {@link LockBackend#onReleased} normally fires. */
    public boolean wakeUps() {
        return wakeUps;
    }

    /** Whether {@link LockBackend#handOff} spares a round against a release and an attempt. Not where grants are {@link #fair}: it overtakes those who wait elsewhere. */
    public boolean cohortHandoff() {
        return cohortHandoff;
    }

    /** How soon after a release a waiter of another client is granted, on a healthy and idle backend. */
    public Duration handoffBound() {
        return handoffBound;
    }

    /** How long after its last renewal a dead holder's lock is granted to a contender that has been there all the while. */
    public Duration takeoverBound(Duration ttl) {
        return ttl.plus(grace);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Capabilities that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    @Override
    public String toString() {
        return parts().toString();
    }

    private List<Object> parts() {
        return List.of(
                provider,
                guarantee,
                fencing,
                durability,
                expiry,
                clockTrust,
                minTtl,
                maxTtl,
                longestValidity,
                grace,
                driftRate,
                driftMargin,
                fair,
                wakeUps,
                cohortHandoff,
                handoffBound);
    }

    /** Collects the parts of {@link Capabilities}. Not thread-safe. */
    public static final class Builder {
        private final String provider;
        private final FencingClass fencing;
        private String guarantee = "";
        private Durability durability = Durability.PROCESS;
        private ExpiryClass expiry = ExpiryClass.SERVER_CLOCK;
        private ClockTrust clockTrust = ClockTrust.EVERY_SERVER;
        private Duration minTtl = Duration.ofMillis(100);
        private Duration maxTtl = Duration.ofDays(1);
        private @Nullable Duration longestValidity;
        private Duration grace = Duration.ZERO;
        private double driftRate = DEFAULT_DRIFT_RATE;
        private Duration driftMargin = Duration.ofMillis(2);
        private boolean fair;
        private boolean wakeUps;
        private boolean cohortHandoff;
        private Duration handoffBound = Duration.ofSeconds(1);

        private Builder(String provider, FencingClass fencing) {
            this.provider = Objects.requireNonNull(provider, "provider");
            this.fencing = Objects.requireNonNull(fencing, "fencing");
        }

        public Builder guarantee(String sentence) {
            this.guarantee = Objects.requireNonNull(sentence, "guarantee");
            return this;
        }

        public Builder durability(Durability value) {
            this.durability = Objects.requireNonNull(value, "durability");
            return this;
        }

        public Builder expiry(ExpiryClass value) {
            this.expiry = Objects.requireNonNull(value, "expiry");
            return this;
        }

        public Builder clockTrust(ClockTrust value) {
            this.clockTrust = Objects.requireNonNull(value, "clockTrust");
            return this;
        }

        /** @throws IllegalArgumentException unless 0 &lt; min ≤ max */
        public Builder ttlRange(Duration min, Duration max) {
            if (min.isNegative() || min.isZero() || max.compareTo(min) < 0) {
                throw new IllegalArgumentException("0 < minTtl <= maxTtl must hold, not " + min + " and " + max);
            }
            this.minTtl = min;
            this.maxTtl = max;
            return this;
        }

        /** @throws IllegalArgumentException unless positive */
        public Builder longestValidity(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("the longest validity is " + value + "; it must be positive");
            }
            this.longestValidity = value;
            return this;
        }

        /** @throws IllegalArgumentException if negative */
        public Builder grace(Duration value) {
            this.grace = notNegative("grace", value);
            return this;
        }

        /** @throws IllegalArgumentException if the rate is outside of [0, 1) or the margin is negative */
        public Builder drift(double rate, Duration margin) {
            if (!(rate >= 0 && rate < 1)) {
                throw new IllegalArgumentException("a drift rate lies in [0, 1), not " + rate);
            }
            this.driftRate = rate;
            this.driftMargin = notNegative("drift margin", margin);
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

        public Builder cohortHandoff(boolean value) {
            this.cohortHandoff = value;
            return this;
        }

        /** @throws IllegalArgumentException if negative */
        public Builder handoffBound(Duration value) {
            this.handoffBound = notNegative("handoff bound", value);
            return this;
        }

        /** @throws IllegalArgumentException if both fair and with cohort handoff */
        public Capabilities build() {
            if (fair && cohortHandoff) {
                throw new IllegalArgumentException(
                        "a provider is fair or hands off within a client, not both: a handoff overtakes those who wait elsewhere");
            }
            return new Capabilities(this);
        }

        private static Duration notNegative(String what, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("the " + what + " is " + value + "; allowed is zero or more");
            }
            return value;
        }
    }
}
