package io.fencepost.lock.cassandra;

import java.time.Duration;

/**
 * The TTL that is sent for a lease. Cassandra counts TTLs in whole seconds of the coordinator's wall clock, from the start of the second in which it took the
 * request: a TTL of n ends between n-1 and n seconds later. One second more than the ttl, rounded up, therefore never ends early, and at most
 * {@link #LONGEST_EXCESS} late.
 */
final class ServerTtl {
    /** What a lock may outlive its ttl by, counted from when the server took the request. */
    static final Duration LONGEST_EXCESS = Duration.ofSeconds(2);

    private ServerTtl() {}

    static int seconds(Duration ttl) {
        long wholeSeconds = ttl.getSeconds() + (ttl.getNano() > 0 ? 1 : 0);
        return Math.toIntExact(wholeSeconds + 1);
    }
}
