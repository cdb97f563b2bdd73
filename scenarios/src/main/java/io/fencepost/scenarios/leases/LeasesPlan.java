package io.fencepost.scenarios.leases;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How many leases are to be kept, and with which ttl: one that lets the backend keep up. A lease is renewed when a third of its validity is over, so that n leases of
 * validity v need 3·n/v renewals a second.
 *
 * @param ttl of the leases
 * @param interval from one renewal of a lease to the next
 * @param keep for how long renewals are measured
 * @param notRun why it cannot be done; empty if it can
 */
record LeasesPlan(Duration ttl, Duration interval, Duration keep, String notRun) {
    /** Which part of the measured rate renewals may need: acquiring goes on beside them, and what is late is tried again. */
    static final double LOAD = 0.5;

    /** Shorter ones would measure the timer. */
    static final Duration LEAST_TTL = Duration.ofSeconds(15);

    private static final int PERIODS = 3;
    private static final Duration LEAST_KEEP = Duration.ofSeconds(5);
    private static final long TTL_STEP_SECONDS = 5;

    /**
     * What is known of a provider.
     *
     * @param longestTtl that it takes
     * @param longestValidity of a lease, whatever its ttl
     * @param rate of acquisitions a second that was measured, with as many calls under way as later
     */
    record Provider(Duration longestTtl, Duration longestValidity, double rate) {
        Duration interval(Duration ttl) {
            return (ttl.compareTo(longestValidity) < 0 ? ttl : longestValidity).dividedBy(3);
        }
    }

    /**
     * Chooses.
     *
     * @param count how many leases
     * @param asked the ttl that the user wants, if any
     * @param acquireLimit how long acquiring may take
     * @param keepLimit how long they may be kept
     */
    static LeasesPlan of(
            int count, Optional<Duration> asked, Provider provider, Duration acquireLimit, Duration keepLimit) {
        double seconds = count / (LOAD * provider.rate());
        Duration ttl = asked.orElseGet(() -> needed(seconds));
        Duration longest = ttl.compareTo(provider.longestTtl()) > 0 ? provider.longestTtl() : ttl;
        Duration interval = provider.interval(asked.isPresent() ? ttl : longest);
        Duration keep = min(max(interval.multipliedBy(PERIODS), LEAST_KEEP), keepLimit);
        String reason = "";
        if (asked.isPresent() && ttl.compareTo(provider.longestTtl()) > 0) {
            reason = text(
                    "the ttl of %d s is above the %d s that the provider takes",
                    ttl.toSeconds(), provider.longestTtl().toSeconds());
        } else if (millis(interval) < seconds * 1_000) {
            reason = text(
                    "%d leases renewed every %.1f s are %.0f renewals/s; the backend did %.0f acquisitions/s, of which"
                            + " renewals may take half: it could keep about %.0f",
                    count,
                    millis(interval) / 1_000.0,
                    count * 1_000.0 / millis(interval),
                    provider.rate(),
                    LOAD * provider.rate() * millis(interval) / 1_000);
        } else if (seconds * 1_000 > millis(acquireLimit)) {
            reason = text(
                    "to acquire %d leases at %.0f/s beside their renewals takes about %.0f s, above the limit of %d s",
                    count, LOAD * provider.rate(), seconds, acquireLimit.toSeconds());
        } else if (interval.compareTo(keepLimit) > 0) {
            reason = text(
                    "each lease is renewed every %.0f s, and leases are kept for %d s at most",
                    millis(interval) / 1_000.0, keepLimit.toSeconds());
        }
        return new LeasesPlan(asked.isPresent() ? ttl : longest, interval, keep, reason);
    }

    /** The shortest ttl that keeps renewals within {@link #LOAD}, in steps that are easy to read. */
    private static Duration needed(double intervalSeconds) {
        long seconds = (long) Math.ceil(intervalSeconds * 3 / TTL_STEP_SECONDS) * TTL_STEP_SECONDS;
        return max(LEAST_TTL, Duration.ofSeconds(seconds));
    }

    boolean isRun() {
        return notRun.isEmpty();
    }

    /** Renewals a second that {@code leases} need. */
    double renewalsPerSecond(int leases) {
        return leases * 1_000.0 / millis(interval);
    }

    /** For how many renewals of each lease they are kept. */
    double periods() {
        return millis(keep) / (double) millis(interval);
    }

    private static long millis(Duration duration) {
        return duration.toMillis();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
