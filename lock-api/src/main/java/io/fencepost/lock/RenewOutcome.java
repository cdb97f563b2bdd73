package io.fencepost.lock;

import java.time.Duration;
import java.util.Objects;

/** What became of one renewal. */
public sealed interface RenewOutcome {
    /**
     * The backend confirmed the lease for a further term.
     *
     * @param validity what the backend promises, counted from the instant before the request was sent; positive
     */
    record Renewed(Duration validity) implements RenewOutcome {
        public Renewed {
            Objects.requireNonNull(validity, "validity");
        }
    }

    /** The lease is over, for certain; nothing was revived (rule 4.2). */
    record Lost(LossCause cause) implements RenewOutcome {
        public Lost {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** The lease had been released before; nothing was sent (rule 4.4). */
    record Released() implements RenewOutcome {}

    /**
     * It is not known whether the backend renewed the lease. The validity stays what it was before.
     *
     * @param cause what went wrong
     */
    record Indeterminate(Throwable cause) implements RenewOutcome {
        public Indeterminate {
            Objects.requireNonNull(cause, "cause");
        }
    }
}
