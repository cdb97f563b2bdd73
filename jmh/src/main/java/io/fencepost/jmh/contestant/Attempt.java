package io.fencepost.jmh.contestant;

/** What became of an attempt to take a lock. */
public sealed interface Attempt {
    /** The lock is held. */
    record Acquired(Hold hold) implements Attempt {}

    /** Somebody else has it, until the end of the wait if there was one. */
    record Contended() implements Attempt {}

    /** The backend did not decide; the lock was not taken. */
    record Unavailable(Throwable cause) implements Attempt {}

    /** Whether the lock was taken is not known, or the contestant does not say. */
    record Unknown(Throwable cause) implements Attempt {}

    /**
     * The hold, where there must be one.
     *
     * @throws IllegalStateException if there is none
     */
    default Hold held() {
        if (this instanceof Acquired acquired) {
            return acquired.hold();
        }
        throw new IllegalStateException(
                "the lock was not acquired: " + this, this instanceof Unknown unknown ? unknown.cause() : null);
    }
}
