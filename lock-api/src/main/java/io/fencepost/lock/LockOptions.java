package io.fencepost.lock;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How leases of a lock are acquired and kept. Immutable.
 *
 * @param ttl for how long the backend keeps the lock for a holder that it no longer hears; positive, within {@link io.fencepost.lock.spi.Capabilities#minTtl()} and
 *     {@code maxTtl()} of the provider. A dead holder's lock is free after about this time; a pause of the process beyond it costs the lease.
 * @param renewal default {@link RenewalPolicy#AUTOMATIC}
 * @param backoff default exponential from 5 ms to 250 ms with full jitter
 * @param metadata what others see of the holder by {@link LockClient#inspect(String)}, beside {@code host} and {@code pid}, which the client adds; default
 *     empty. At most {@value #MAX_METADATA_CHARS} characters in all.
 */
public record LockOptions(Duration ttl, RenewalPolicy renewal, Backoff backoff, Map<String, String> metadata) {
    /** The most characters of all keys and values of the metadata together. */
    public static final int MAX_METADATA_CHARS = 2048;

    private static final Backoff DEFAULT_BACKOFF = Backoff.exponential(Duration.ofMillis(5), Duration.ofMillis(250));

    /** @throws IllegalArgumentException if the ttl is not positive or the metadata is too long */
    public LockOptions {
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(renewal, "renewal");
        Objects.requireNonNull(backoff, "backoff");
        metadata = Map.copyOf(metadata);
        if (ttl.isNegative() || ttl.isZero()) {
            throw new IllegalArgumentException("a ttl is positive, not " + ttl);
        }
        int size = metadata.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
        if (size > MAX_METADATA_CHARS) {
            throw new IllegalArgumentException(
                    "metadata has " + size + " characters; at most " + MAX_METADATA_CHARS + " are allowed");
        }
    }

    /** The defaults with that ttl. */
    public static LockOptions ttl(Duration ttl) {
        return new LockOptions(ttl, RenewalPolicy.AUTOMATIC, DEFAULT_BACKOFF, Map.of());
    }

    public LockOptions withTtl(Duration newTtl) {
        return new LockOptions(newTtl, renewal, backoff, metadata);
    }

    public LockOptions withRenewal(RenewalPolicy newRenewal) {
        return new LockOptions(ttl, newRenewal, backoff, metadata);
    }

    public LockOptions withBackoff(Backoff newBackoff) {
        return new LockOptions(ttl, renewal, newBackoff, metadata);
    }

    public LockOptions withMetadata(Map<String, String> newMetadata) {
        return new LockOptions(ttl, renewal, backoff, newMetadata);
    }

    /** Adds {@code purpose} to the metadata: what the lock is held for, in words for an operator. */
    public LockOptions withPurpose(String purpose) {
        Map<String, String> extended = new HashMap<>(metadata);
        extended.put("purpose", purpose);
        return withMetadata(extended);
    }
}
