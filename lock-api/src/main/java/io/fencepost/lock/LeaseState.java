package io.fencepost.lock;

/**
 * Where a lease stands: {@code HELD → SUSPECT → LOST}, with {@code SUSPECT → HELD} when a renewal succeeds after all, and
 * {@code RELEASED} from either of the first two. {@link #LOST} and {@link #RELEASED} are final.
 */
public enum LeaseState {
    /** Valid, and the last renewal (if any) succeeded. */
    HELD,
    /** Still valid, but the last renewal did not succeed: prepare to stop. */
    SUSPECT,
    /** No longer valid, and not by the holder's own will. */
    LOST,
    /** Given up by the holder. */
    RELEASED;

    /** Whether no further change can follow. */
    public boolean isFinal() {
        return this == LOST || this == RELEASED;
    }
}
