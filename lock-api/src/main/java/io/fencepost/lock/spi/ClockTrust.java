package io.fencepost.lock.spi;

/** Which servers' wall clocks must not jump for a lease to last as long as its holder believes. Rates are the matter of {@link Capabilities#driftRate()}. */
public enum ClockTrust {
    /** All of them: where any single one jumps forward, leases may end early. */
    EVERY_SERVER,
    /** Most of them: a minority may jump. */
    MAJORITY,
    /** None: leases end by monotonic clocks alone. */
    NONE
}
