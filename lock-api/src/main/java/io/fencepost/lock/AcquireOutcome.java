package io.fencepost.lock;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What became of an attempt to acquire a lock, with or without waiting. Contention is a value, never an exception. */
public sealed interface AcquireOutcome {
    /** @param lease in force */
    record Acquired(Lease lease) implements AcquireOutcome {
        public Acquired {
            Objects.requireNonNull(lease, "lease");
        }
    }

    /**
     * Somebody else holds the lock, or is ahead in this client's queue.
     *
     * @param remaining how long the other lease lasts at most if it is not renewed, where known; a hint
     * @param holder who holds it, where known; a hint
     */
    record Contended(Optional<Duration> remaining, Optional<String> holder) implements AcquireOutcome {
        public Contended {
            Objects.requireNonNull(remaining, "remaining");
            Objects.requireNonNull(holder, "holder");
        }
    }

    /**
     * It is not known whether the attempt took effect. It will never yield a lease; if it did take effect, the lock is free
     * again at once where the provider could clean up, and after ttl and grace at the latest (rule 9.2).
     *
     * @param cause what went wrong
     */
    record Indeterminate(Throwable cause) implements AcquireOutcome {
        public Indeterminate {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The backend could not decide, for certain: the attempt took no effect that outlasts it.
     *
     * @param cause what went wrong
     */
    record Unavailable(Throwable cause) implements AcquireOutcome {
        public Unavailable {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** The lease, if there is one. */
    default Optional<Lease> acquired() {
        return this instanceof Acquired acquired ? Optional.of(acquired.lease()) : Optional.empty();
    }
}
