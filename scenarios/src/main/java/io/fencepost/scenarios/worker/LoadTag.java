package io.fencepost.scenarios.worker;

import java.util.Locale;

/** The histograms in the interval log of one worker under {@link Command.Load}; all are of nanoseconds. */
public enum LoadTag {
    /** From the planned start to the grant. */
    LATENCY,
    /** From the actual start to the grant: what a measurement would show that waits for its own past. */
    SERVICE,
    /** From the call of the release to its answer. */
    RELEASE,
    /** From the planned start to the end of a call that waited in vain. */
    CONTENDED,
    /** From the planned start to the end of a call that the backend could not decide. */
    UNAVAILABLE,
    /** From the planned start to the end of a call of which nobody knows what it did. */
    UNKNOWN,
    /** From the planned start to the instant at which no more were begun. */
    UNSTARTED;

    /** The tag in the log. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
