package io.fencepost.lock.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of one attempt at the backend. */
public sealed interface AttemptOutcome {
    /** The attempt holds the lock. */
    record Acquired(Grant grant) implements AttemptOutcome {
        public Acquired {
            Objects.requireNonNull(grant, "grant");
        }
    }

    /**
     * Somebody else holds the lock; this attempt does not and never will.
     *
     * @param remaining when it is worth trying again if the holder does not renew, where known
     * @param holder who holds it, where known
     */
    record Contended(Optional<Duration> remaining, Optional<String> holder) implements AttemptOutcome {
        public Contended {
            Objects.requireNonNull(remaining, "remaining");
            Objects.requireNonNull(holder, "holder");
        }

        public static Contended of(@Nullable Duration remaining, @Nullable String holder) {
            return new Contended(Optional.ofNullable(remaining), Optional.ofNullable(holder));
        }
    }

    /** It is not known whether the attempt holds the lock, or will. Clean-up is under way. */
    record Indeterminate(Throwable cause) implements AttemptOutcome {
        public Indeterminate {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** The backend did not decide; the attempt does not hold the lock and never will. */
    record Unavailable(Throwable cause) implements AttemptOutcome {
        public Unavailable {
            Objects.requireNonNull(cause, "cause");
        }
    }
}
