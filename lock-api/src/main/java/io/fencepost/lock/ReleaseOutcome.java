package io.fencepost.lock;

import java.util.Objects;

/** What became of a release. */
public sealed interface ReleaseOutcome {
    /** The lock was this lease's, and is free now. */
    record Released() implements ReleaseOutcome {}

    /** There was nothing to release: already released, expired, or somebody else's by now. Nobody was harmed. */
    record NotHeld() implements ReleaseOutcome {}

    /**
     * It is not known whether the release took effect. Trying again is safe; otherwise the lock is free after ttl and grace.
     *
     * @param cause what went wrong
     */
    record Indeterminate(Throwable cause) implements ReleaseOutcome {
        public Indeterminate {
            Objects.requireNonNull(cause, "cause");
        }
    }
}
