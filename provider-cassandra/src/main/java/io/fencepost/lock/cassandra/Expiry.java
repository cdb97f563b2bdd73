package io.fencepost.lock.cassandra;

import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.ExpiryClass;
import io.fencepost.lock.spi.FencingClass;
import java.time.Duration;

/**
 * What ends the lease of a silent holder; {@link CassandraLockBackend} describes both ways, and why each has tables of its own. No table serves both: their
 * keys have different names.
 */
enum Expiry {
    /** The TTL of its columns, by the wall clocks of coordinators. */
    TTL("schema.cql", "name"),
    /** A contender that saw it unrenewed for its ttl. */
    OBSERVED("schema-observed.cql", "lock");

    static final Duration MIN_TTL = Duration.ofSeconds(1);
    static final Duration MAX_TTL = Duration.ofDays(1);

    /** Beyond the excess of the TTL, for the round trip of the taker and its pause between two looks. */
    private static final Duration TAKEOVER_MARGIN = Duration.ofMillis(500);
    /** From the holder's last write to the contender's look at it, by the longest pause between two looks, and a few rounds for the take-over. */
    private static final Duration OBSERVATION_MARGIN = Duration.ofSeconds(1);
    /** What the clocks of nodes that keep NTP time may differ by. */
    private static final Duration CLOCK_SKEW = Duration.ofMillis(50);

    private static final Duration HANDOFF_BOUND = Duration.ofSeconds(2);

    private final String schemaFile;
    private final String keyColumn;

    Expiry(String schemaFile, String keyColumn) {
        this.schemaFile = schemaFile;
        this.keyColumn = keyColumn;
    }

    /** The resource with the statements that make its tables. */
    String schemaFile() {
        return schemaFile;
    }

    /** The column that only its tables have. */
    String keyColumn() {
        return keyColumn;
    }

    Capabilities capabilities() {
        Capabilities.Builder builder = Capabilities.builder(CassandraLockProvider.SCHEME, FencingClass.CONSENSUS)
                .durability(Durability.RESTART)
                .ttlRange(MIN_TTL, MAX_TTL)
                .cohortHandoff(true)
                .handoffBound(HANDOFF_BOUND);
        return switch (this) {
            case TTL ->
                builder.guarantee("One holder at a time through any failure of nodes and network, as long as the wall"
                                + " clocks of the Cassandra nodes agree to about 50 ms (a lease ends by a coordinator's"
                                + " clock); tokens grow as long as no clock jumps by gc_grace_seconds or more.")
                        .expiry(ExpiryClass.SERVER_CLOCK)
                        .clockTrust(ClockTrust.EVERY_SERVER)
                        .grace(ServerTtl.LONGEST_EXCESS.plus(TAKEOVER_MARGIN))
                        .drift(Capabilities.DEFAULT_DRIFT_RATE, CLOCK_SKEW)
                        .build();
            case OBSERVED ->
                builder.guarantee("One holder at a time through any failure of nodes and network, as long as the"
                                + " monotonic clocks of clients run at the same rate within 1 %; the wall clocks of the"
                                + " Cassandra nodes may jump, by less than gc_grace_seconds.")
                        .expiry(ExpiryClass.OBSERVED)
                        .clockTrust(ClockTrust.NONE)
                        .grace(OBSERVATION_MARGIN)
                        .build();
        };
    }
}
