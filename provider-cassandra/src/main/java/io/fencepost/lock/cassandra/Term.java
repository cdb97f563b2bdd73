package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a holder wrote last of its lease, in a table whose leases end by observation. Attempt ids are never used again and a lease's renewals only grow, so
 * whoever finds the same term at two moments knows that the holder wrote nothing in between.
 *
 * @param ttl for how long the holder may be silent
 */
record Term(UUID owner, long renewals, Duration ttl) {
    /** @param ttl kept within what this library grants: a holder with nonsense in its row can neither be thrown out at once nor stay for ever */
    Term {
        if (ttl.compareTo(Expiry.MIN_TTL) < 0) {
            ttl = Expiry.MIN_TTL;
        } else if (ttl.compareTo(Expiry.MAX_TTL) > 0) {
            ttl = Expiry.MAX_TTL;
        }
    }

    /** Null where there is no owner, or the row does not say since when and for how long: that is not ours to judge. */
    static @Nullable Term of(Row row, @Nullable UUID owner) {
        Long renewals = Columns.number(row, "renewals");
        Long ttlMillis = Columns.number(row, "ttl_millis");
        return owner == null || renewals == null || ttlMillis == null
                ? null
                : new Term(owner, renewals, Duration.ofMillis(ttlMillis));
    }

    /** As a row has it: not a moment less than the ttl. */
    static long millis(Duration ttl) {
        return ttl.plusNanos(999_999).toMillis();
    }

    boolean isSame(Term other) {
        return owner.equals(other.owner) && renewals == other.renewals;
    }
}
