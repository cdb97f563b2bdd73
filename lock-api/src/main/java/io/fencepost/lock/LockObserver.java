package io.fencepost.lock;

import java.time.Duration;

/**
 * Is told what a client does, for meters and traces. All methods are called on the client's own threads: they must be quick, must not
 * block, and what they throw is logged and dropped. The Micrometer binding is {@code io.fencepost.lock.micrometer.MicrometerLockObserver}.
 */
public interface LockObserver {
    /** Sees nothing. */
    LockObserver NONE = new LockObserver() {};

    /** What an attempt at the backend came to. */
    enum AttemptResult {
        ACQUIRED,
        CONTENDED,
        INDETERMINATE,
        UNAVAILABLE
    }

    /** How a wait for a lock ended. */
    enum WaitResult {
        ACQUIRED,
        CONTENDED,
        INDETERMINATE,
        UNAVAILABLE,
        CANCELLED
    }

    /** What a renewal came to. */
    enum RenewalResult {
        RENEWED,
        LOST,
        INDETERMINATE
    }

    /** One attempt of {@code latency} at the backend ended. */
    default void attempted(String lock, AttemptResult result, Duration latency) {}

    /** One call for the lock ended after {@code wait}, all attempts and queueing included. */
    default void waited(String lock, WaitResult result, Duration wait) {}

    /** One renewal of {@code latency} ended. */
    default void renewed(String lock, RenewalResult result, Duration latency) {}

    /** A lease ended by release after it was held for {@code hold}. */
    default void released(String lock, Duration hold) {}

    /** A lease went from one call of this client straight to the next, in one round of the backend, instead of two: cohort handoff. {@link #attempted} and {@link #released} are called as well. */
    default void handedOff(String lock) {}

    /** A lease was lost after it was held for {@code hold}. */
    default void lost(String lock, LossCause cause, Duration hold) {}

    /** The number of this client's threads that wait for any lock changed by {@code delta}, one or minus one. */
    default void queueChanged(String lock, int delta) {}
}
