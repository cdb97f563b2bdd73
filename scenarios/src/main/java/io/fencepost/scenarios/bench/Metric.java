package io.fencepost.scenarios.bench;

import java.util.Locale;

/** What one fork tells of a contestant. */
public enum Metric {
    /** Half of the timed calls take no longer. */
    P50("us"),
    /** 99 percent of the timed calls take no longer. */
    P99("us"),
    /** Of a timed call. */
    MEAN("us"),
    /** Grants a second, over all threads. */
    THROUGHPUT("locks/s"),
    /** From asking for a lock that others want to holding it, for half of the grants. */
    WAIT_P50("us"),
    /** The same for 99 percent. */
    WAIT_P99("us"),
    /** The mean of the same. */
    WAIT_MEAN("us"),
    /** Jain's index over the grants of each thread. */
    JAIN_INDEX("1"),
    /** Bytes of heap that the client allocates for an operation. */
    ALLOCATED("B"),
    /** Attempts that ended without the lock because another had it. */
    CONTENDED("count"),
    /** Operations that surely did nothing, because the backend did not serve them. */
    UNAVAILABLE("count"),
    /** Operations of which nobody knows whether they did something. */
    UNKNOWN("count"),
    /** Grants whose token was not greater than that of the grant before. */
    TOKEN_VIOLATIONS("count"),
    /** Grants while another thread had the lock. */
    DOUBLE_HOLDERS("count");

    private final String unit;

    Metric(String unit) {
        this.unit = unit;
    }

    /** Its name in results. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of its values. */
    public String unit() {
        return unit;
    }

    /** Whether forks add up: a count of all rounds is their sum, anything else their median. */
    boolean isCount() {
        return unit.equals("count");
    }
}
