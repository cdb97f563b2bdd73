package io.fencepost.lock.spi;

/** What ends the lease of a holder that is no longer heard. */
public enum ExpiryClass {
    /** A server's clock: the lock is free after the ttl, with or without anybody waiting; a server clock that jumps forward ends leases early. */
    SERVER_CLOCK,
    /**
     * A contender's monotonic clock: whoever sees the lock unrenewed for a ttl takes it over. No server clock can end a lease early; the ttl counts from when
     * the first contender looked.
     */
    OBSERVED
}
